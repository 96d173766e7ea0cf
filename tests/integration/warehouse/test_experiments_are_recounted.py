"""The figures of an experiment are those that plain Python finds in the rows."""

from collections.abc import Iterator
from itertools import combinations_with_replacement
from statistics import fmean

import pytest
from scipy import stats

from tests.integration.warehouse.experiment_world import (
    CONTROL,
    END,
    EXPERIMENT,
    START,
    counted,
    first_of,
    load_experiment,
    some_world,
)
from tests.integration.warehouse.modes import MODES, Modes
from tests.integration.warehouse.worlds import DAY_S, Review, Session
from warehouse import Warehouse
from warehouse.access import SYSTEM, Access
from warehouse.errors import Forbidden
from warehouse.experiments.experiment import Experiment, experiment_of
from warehouse.experiments.metrics import METRICS, Metric
from warehouse.experiments.people import Segment, Standing, Trial, assigned
from warehouse.experiments.results import Request, results
from warehouse.experiments.sums import Cell, sums


def viewed(rows: list[Session], since: int, first: int | None) -> dict[str, int]:
    """What one person's sessions come to, by aggregate; each by hand. `first` is their first session ever."""
    is_new = first is not None and first >= since
    return {
        "views": len(rows),
        "viewers": int(bool(rows)),
        "watch_e4": sum(one.minutes_e4 for one in rows),
        "completion_sum_e6": sum(one.completion_e6 or 0 for one in rows),
        "completion_count": sum(one.completion_e6 is not None for one in rows),
        "completed": sum((one.completion_e6 or 0) >= 900_000 for one in rows),
        "buffering": sum(one.buffering or 0 for one in rows),
        "buffering_known": sum(one.buffering is not None for one in rows),
        "titles": len({one.film for one in rows}),
        "new_viewers": int(bool(rows) and is_new),
        "returning_viewers": int(bool(rows) and not is_new),
    }


def rated(rows: list[Review]) -> dict[str, int]:
    """What one person's ratings come to, by aggregate."""
    return {"ratings": len(rows), "rating_sum_e2": sum(one.stars_e2 for one in rows)}


WORLD, ASSIGNED = some_world(18)
NEWEST = max(one.start for one in WORLD.sessions)
OF_FACT = {fact: [one for one in METRICS.values() if one.fact == fact] for fact in ("viewing", "rating")}


@pytest.fixture(scope="module", params=MODES)
def read(request: pytest.FixtureRequest, modes: Modes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse with the experiment, which tests only read."""
    with modes.new(request.param, tmp_path_factory.mktemp("experiments")) as warehouse:
        load_experiment(warehouse, WORLD, ASSIGNED)
        yield warehouse


def the_experiment(warehouse: Warehouse) -> Experiment:
    found = experiment_of(warehouse.reader, str(EXPERIMENT), SYSTEM)
    assert found is not None
    return found


def did(user: int, since: int, metrics: list[Metric], before_days: int, window_days: int) -> dict[str, int]:
    """The columns of one person."""
    until = min(END, since + window_days * DAY_S) if window_days else END
    first = min((one.start for one in WORLD.sessions if one.user == user), default=None)
    found: dict[str, int] = {}
    for suffix, start, end in (("", since, until), ("_before", since - before_days * DAY_S, since)):
        sessions = [one for one in WORLD.sessions if one.user == user and start <= one.start < end]
        reviews = [one for one in WORLD.reviews if one.user == user and start <= one.given < end]
        by_slug = viewed(sessions, since, first) | rated(reviews)
        found |= {slug + suffix: by_slug[slug] for metric in metrics for slug in metric.slugs}
    return found


@pytest.mark.parametrize("fact", ["viewing", "rating"])
@pytest.mark.parametrize("window_days", [None, 4])
@pytest.mark.parametrize("segment", [None, Segment.COUNTRY])
def test_sums_and_products_are_those_of_the_rows(
    read: Warehouse, fact: str, window_days: int | None, segment: Segment | None
) -> None:
    metrics = OF_FACT[fact]
    trial = Trial(the_experiment(read), window_days, 14, NEWEST)
    found = sums(read.reader, trial, metrics, segment, SYSTEM)
    people: dict[Cell, list[dict[str, int]]] = {}
    for user, first in counted(ASSIGNED, NEWEST, window_days or 0).items():
        country = WORLD.people[user].country
        value = (None if country == "Unknown" else country) if segment else None
        people.setdefault(Cell(first.variant, value), []).append(did(user, first.at, metrics, 14, window_days or 0))
    assert {cell: one.people for cell, one in found.items()} == {cell: len(rows) for cell, rows in people.items()}
    assert sum(len(rows) for rows in people.values()) > 10, "the world has too few people to prove anything"
    for cell, moments in found.items():
        rows = people[cell]
        assert moments.sums == {name: sum(row[name] for row in rows) for name in moments.sums}
        assert moments.products == {
            (one, other): sum(row[one] * row[other] for row in rows) for one, other in moments.products
        }
        for metric in metrics:
            names = sorted([*metric.slugs, *(f"{slug}_before" for slug in metric.slugs)])
            assert set(combinations_with_replacement(names, 2)) <= moments.products.keys()


def test_people_who_do_not_count_are_told_by_their_reason(read: Warehouse) -> None:
    first = first_of(ASSIGNED)
    crossed = sum(len({one.variant for one in of_one}) > 1 for of_one in first.values())
    inside = counted(ASSIGNED)
    shown = results(read.reader, the_experiment(read), Request(("views",), {}), SYSTEM)
    assert (shown.crossed, shown.outside) == (crossed, len(first) - crossed - len(inside)) == (3, 5)
    assert sum(shown.spread.values()) == len(inside) == 16
    # Two days after the third day of the experiment, only those of its first three days have had two.
    newest = START + 5 * DAY_S
    early = sum(one.at <= START + 3 * DAY_S for one in inside.values())
    people = assigned(read.reader, Trial(the_experiment(read), 2, 14, newest), SYSTEM)
    assert sum(people.counted.values()) == early < len(inside)
    assert people.left_out(Standing.TOO_RECENT) == len(inside) - early
    assert sum(people.spread.values()) == len(inside)


def test_figures_and_differences_are_those_of_textbooks(read: Warehouse) -> None:
    """Welch's test without CUPED, by scipy over the list of everybody's hours."""
    shown = results(read.reader, the_experiment(read), Request(("watch_hours",), {}, cuped=False), SYSTEM)
    hours: dict[str, list[float]] = {}
    for user, first in counted(ASSIGNED).items():
        columns = did(user, first.at, [METRICS["watch_hours"]], 28, 0)
        hours.setdefault(first.variant, []).append(columns["watch_e4"] / 600_000)
    (metric,) = shown.metrics
    assert [one.variant for one in metric.variants] == [CONTROL, "new", "newer"]
    for one in metric.variants:
        assert one.people == len(hours[one.variant])
        assert one.value == pytest.approx(fmean(hours[one.variant]))
    for one in metric.variants[1:]:
        difference = one.difference
        assert difference is not None
        told = stats.ttest_ind(hours[one.variant], hours[CONTROL], equal_var=False)
        interval = told.confidence_interval(0.95)
        assert difference.value / 600_000 == pytest.approx(fmean(hours[one.variant]) - fmean(hours[CONTROL]))
        assert difference.p_value == pytest.approx(told.pvalue)
        assert difference.interval.low / 600_000 == pytest.approx(interval.low)
        assert difference.interval.high / 600_000 == pytest.approx(interval.high)
        assert difference.always_valid.low < difference.interval.low
        assert one.adjusted_p_value is not None
        assert one.adjusted_p_value >= difference.p_value


def test_a_scope_leaves_only_its_people(read: Warehouse) -> None:
    narrow, by_genre = (Access("t", "analyst", scope=scope) for scope in ({"country": ("DE",)}, {"genre": ("War",)}))
    shown = results(read.reader, the_experiment(read), Request(("views",), {}), narrow)
    expected: dict[str, int] = {}
    for user, first in counted(ASSIGNED).items():
        if WORLD.people[user].country == "DE":
            expected[first.variant] = expected.get(first.variant, 0) + 1
    assert shown.spread == dict(sorted(expected.items()))
    assert {one.variant: one.people for one in shown.metrics[0].variants} == expected
    with pytest.raises(Forbidden, match="assignments has no genre"):
        results(read.reader, the_experiment(read), Request(("views",), {}), by_genre)


def test_groups_of_too_few_people_are_told_of_nowhere(read: Warehouse) -> None:
    many = Access("t", "analyst", minimum_group=1_000)
    shown = results(read.reader, the_experiment(read), Request(("views",), {}, segment=Segment.COUNTRY), many)
    assert (sum(shown.spread.values()), shown.crossed, shown.outside) == (0, 0, 0)
    assert list(shown.metrics) == list(shown.segments) == []
