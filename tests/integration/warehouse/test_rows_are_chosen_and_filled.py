"""having, top, fill, limit, order and comparisons choose and add rows; they never change a number."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.integration.warehouse.recount import recount
from tests.integration.warehouse.worlds import Film, World, load_in_pieces, random_world
from warehouse import Warehouse, open_warehouse
from warehouse.access import SYSTEM
from warehouse.errors import BadInput, TooExpensive
from warehouse.query.answer import ask
from warehouse.query.comparison import Shift, past_of
from warehouse.query.local_time import Grain, Range, day_start
from warehouse.query.question import AnyOf, Condition, Group, Not, OrderByMeasure, Question, Top
from warehouse.query.ranges import Comparison, between
from warehouse.query.row_order import finish

ZONE = "America/New_York"
CENTRE = 1_772_953_200
SPAN = Range(day_start(ZONE, date(2026, 3, 1)), day_start(ZONE, date(2026, 3, 15)))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Warehouse]]:
    chance = Random(21)
    world = random_world(chance, CENTRE)
    folder: Path = tmp_path_factory.mktemp("warehouse")
    with open_warehouse(f"chdb://{folder / 'warehouse'}") as warehouse:
        load_in_pieces(warehouse, world, chance)
        yield world, warehouse


@pytest.mark.slow
def test_having_keeps_the_rows_whose_measures_pass(served: tuple[World, Warehouse]) -> None:
    world, warehouse = served
    question = Question((Group("genre"), Group("device")), ("views", "completion_rate"), SPAN, ZONE)
    having = AnyOf((Condition("views", "gte", 40), Not(Condition("completion_rate", "gte", 0.1))))
    found = ask(warehouse.reader, replace(question, having=having), SYSTEM)
    expected = {
        key: values
        for key, values in recount(world, question).items()
        if values["views"] >= 40 or not (values["completion_rate"] is not None and values["completion_rate"] >= 0.1)
    }
    assert {row.groups: dict(row.now) for row in found.rows} == expected
    assert 0 < len(expected) < len(recount(world, question))


def test_titles_that_nobody_watched_are_found_by_the_catalogue(served: tuple[World, Warehouse]) -> None:
    world, warehouse = served
    span = Range(CENTRE - 7200, CENTRE - 3600)
    question = Question((Group("movie"),), ("views", "catalogue_titles"), span, having=Condition("views", "lt", 1))
    watched = {one.film for one in world.sessions if span.start <= one.start < span.end}
    assert len(ask(warehouse.reader, question, SYSTEM).rows) == len(world.films) - len(watched) > 0


@pytest.mark.parametrize("grain", [Grain.DAY, Grain.HOUR, Grain.WEEK])
def test_fill_gives_every_bucket_of_every_combination_one_row(served: tuple[World, Warehouse], grain: Grain) -> None:
    _, warehouse = served
    question = Question((Group("device"), Group("time", grain)), ("views", "completion_rate"), SPAN, ZONE)
    sparse, full = ask(warehouse.reader, question, SYSTEM), ask(warehouse.reader, replace(question, fill=True), SYSTEM)
    buckets = {Grain.DAY: 14, Grain.HOUR: 14 * 24 - 1, Grain.WEEK: 3}[grain]
    assert len(full.rows) == 3 * buckets
    assert len({row.groups for row in full.rows}) == len(full.rows)
    known = {row.groups: row.now for row in sparse.rows}
    for row in full.rows:
        assert dict(row.now) == known.get(row.groups, {"views": 0, "completion_rate": None})


def genre_of(film: Film) -> tuple[str | None]:
    """A film's group by genre."""
    return (film.genres[0] if film.genres and film.genres[0] not in ("", "Unknown") else None,)


def test_others_are_counted_anew_so_that_viewers_and_ratios_are_right(served: tuple[World, Warehouse]) -> None:
    world, warehouse = served
    question = Question(
        (Group("genre"), Group("time", Grain.WEEK)), ("viewers", "completion_rate", "views"), SPAN, ZONE
    )
    by_genre = recount(world, replace(question, groups=(Group("genre"),)))
    # A film without a genre is one like the others, and none comes last among equals.
    kept = sorted(by_genre, key=lambda key: (-by_genre[key]["views"], key[0] is None, key))[:2]
    found = ask(warehouse.reader, replace(question, top=Top(0, 2, "views")), SYSTEM)
    renamed = World(
        {n: film if genre_of(film) in kept else replace(film, genres=("others",)) for n, film in world.films.items()},
        world.people,
        world.sessions,
        world.reviews,
    )
    expected = recount(renamed, question)
    assert len(found.rows) == len(expected)
    for row in found.rows:
        week = date.fromisoformat(str(row.groups[1])[:10])
        assert dict(row.now) == expected["others" if row.is_others else row.groups[0], (week,)]
    alone = ask(warehouse.reader, replace(question, top=Top(0, 2, "views", others=False)), SYSTEM)
    assert list(alone.rows) == [row for row in found.rows if not row.is_others]


def test_a_comparison_stands_beside_the_day_that_it_is_moved_to(served: tuple[World, Warehouse]) -> None:
    world, warehouse = served
    before = between("2026-03-01", "2026-03-15", ZONE).before(Comparison.PREVIOUS_PERIOD)
    question = Question((Group("time", Grain.DAY),), ("views", "viewers", "average_rating"), SPAN, ZONE, before=before)
    found = ask(warehouse.reader, question, SYSTEM)
    now = recount(world, replace(question, before=None))
    then = recount(world, replace(question, span=before, before=None))
    for row in found.rows:
        day = date.fromisoformat(str(row.groups[0])[:10])
        earlier = date.fromordinal(day.toordinal() - 14)
        empty = {"views": 0, "viewers": 0, "average_rating": None}
        assert dict(row.now) == now.get(((day,),), empty)
        assert dict(row.before) == then.get(((earlier,),), empty)


def test_change_is_a_fraction_and_null_where_there_was_nothing(served: tuple[World, Warehouse]) -> None:
    _, warehouse = served
    before = past_of(ZONE, SPAN, Shift(days=400))
    row = ask(warehouse.reader, Question((), ("views",), SPAN, ZONE, before=before), SYSTEM).rows[0]
    assert row.before["views"] == 0
    assert row.change("views") is None


def test_rows_come_in_one_fixed_order_with_missing_values_last(served: tuple[World, Warehouse]) -> None:
    _, warehouse = served
    question = Question((Group("release_year"), Group("device")), ("views",), SPAN, ZONE)
    keys = [row.groups for row in ask(warehouse.reader, question, SYSTEM).rows]
    assert keys == sorted(keys, key=lambda key: (key[0] is None, key[0] or 0, key[1] is None, key[1]))
    by_views = ask(warehouse.reader, replace(question, orders=(OrderByMeasure("views", descending=True),)), SYSTEM)
    views = [int(row.now["views"] or 0) for row in by_views.rows]
    assert views == sorted(views, reverse=True)


def test_more_rows_than_the_cap_are_an_error_never_a_silent_cut(served: tuple[World, Warehouse]) -> None:
    _, warehouse = served
    question = Question((Group("movie"), Group("device")), ("views",), SPAN, ZONE)
    with pytest.raises(TooExpensive, match="more than 5 rows"):
        ask(warehouse.reader, question, replace(SYSTEM, max_rows=5))
    fine = replace(question, groups=(Group("time", Grain.QUARTER_HOUR),))
    with pytest.raises(BadInput, match="buckets of QUARTER_HOUR"):
        ask(warehouse.reader, fine, replace(SYSTEM, max_buckets=100))
    with pytest.raises(BadInput, match="limit is -1"):
        ask(warehouse.reader, replace(question, limit=-1), SYSTEM)


def test_a_limit_lets_nobody_fill_more_rows_than_may_be_answered(served: tuple[World, Warehouse]) -> None:
    """Films by devices by quarters of an hour: the engine would make millions of rows, and then cut them."""
    _, warehouse = served
    groups = (Group("movie"), Group("device"), Group("time", Grain.QUARTER_HOUR))
    question = Question(groups, ("views",), SPAN, ZONE, fill=True, limit=3)
    with pytest.raises(TooExpensive, match="memory or rows"):
        ask(warehouse.reader, question, SYSTEM)
    with pytest.raises(TooExpensive, match="memory or rows"):
        ask(warehouse.reader, replace(question, limit=None, top=Top(0, 5, "views")), SYSTEM)


def test_texts_of_all_ties_are_keyed_by_one_statement(
    served: tuple[World, Warehouse], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = served[1].engine
    asked: list[str] = []
    query = engine.query

    def noted(sql: str, parameters: dict[str, Any]) -> object:
        asked.append(sql)
        return query(sql, parameters)

    monkeypatch.setattr(engine, "query", noted)
    question = Question((Group("director"),), ("views",), SPAN, ZONE, orders=(OrderByMeasure("views", True),))
    rows = [(name, views) for views in (3, 2, 1) for name in (f"Zoë {views}", None, f"Åsa {views}", f"Bo {views}")]
    ordered = finish(engine, question, ("g0", "now_views"), rows)
    assert ordered == [
        (name, views) for views in (3, 2, 1) for name in (f"Åsa {views}", f"Bo {views}", f"Zoë {views}", None)
    ]
    assert len(asked) == 1
