"""Parts add up to the whole, whatever the numbers are: buckets, parts of a range, values, the past of rows."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from tests.oracle.api_in_process import Api, served
from tests.oracle.busy import busy_world
from tests.oracle.selections import grouped_by

pytestmark = pytest.mark.slow

ADDED = "views watchMinutes watchHours completedViews bufferingEvents"
GRAINS = ("QUARTER_HOUR", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")

# Two buckets of unlike length each, a range that no bucket fits, and one with parts of hours at its ends.
SEPTEMBER_OCTOBER = ("2025-09-01", "2025-11-01")
FEBRUARY_MARCH = ("2024-02-01", "2024-04-01")
QUARTERS = ("2025-01-01", "2025-07-01")
YEARS = ("2023-01-01", "2025-01-01")
BERLIN_DAYS = ("2025-10-25", "2025-10-27")
NEW_YORK_DAYS = ("2025-11-01", "2025-11-03")
ODD_DAYS = ("2024-02-17", "2024-03-29")
INSTANTS = ("2024-02-28T10:07:30Z", "2024-03-03T09:59:59Z")
RANGES = (SEPTEMBER_OCTOBER, FEBRUARY_MARCH, QUARTERS, YEARS, BERLIN_DAYS, NEW_YORK_DAYS, ODD_DAYS, INSTANTS)
SHORT = (BERLIN_DAYS, NEW_YORK_DAYS, INSTANTS)


WORLD = busy_world(Random(5), datetime(2022, 11, 1, tzinfo=UTC), datetime(2026, 1, 5, tzinfo=UTC), 2500)


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """The API over the busy world."""
    with served(WORLD) as opened:
        yield opened


def spelled(ends: Sequence[str]) -> str:
    """A range argument."""
    return f'range: {{from: "{ends[0]}", to: "{ends[1]}"}}'


def added(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The sum of each measure over rows."""
    names = [name for name, value in rows[0].items() if isinstance(value, int | float)] if rows else []
    return {name: pytest.approx(sum(row[name] for row in rows), rel=1e-9) for name in names}


class TestParts:
    """Rows, parts of a range and values of a filter add up to the undivided figures."""

    @pytest.mark.parametrize("ends", RANGES, ids="..".join)
    def test_buckets_add_up_to_the_totals(self, api: Api, ends: tuple[str, str]) -> None:
        for grain in GRAINS if ends in SHORT else GRAINS[2:]:
            found = api.ask("{" + "".join(_bucketed(place, ends, grain) for place in range(len(ZONES))) + "}")
            for name, answered in found.items():
                assert answered["totals"] == added(answered["rows"]), (grain, name)

    @pytest.mark.parametrize("ends", [SEPTEMBER_OCTOBER, BERLIN_DAYS, INSTANTS], ids="..".join)
    def test_filled_buckets_add_up_too(self, api: Api, ends: tuple[str, str]) -> None:
        for grain in ("HOUR", "DAY", "MONTH"):
            asked = f"rows(by: [{grain}], fill: true) {{ time {ADDED} }} totals {{ {ADDED} }}"
            arguments = f'{spelled(ends)}, timeZone: "Europe/Berlin"'
            found = api.ask(f"{{ viewing({arguments}) {{ {asked} }} }}")["viewing"]
            assert found["totals"] == added(found["rows"])

    @pytest.mark.parametrize("ends", RANGES, ids="..".join)
    def test_days_of_a_trend_and_hours_of_the_day_add_up_to_the_dashboard(
        self, api: Api, ends: tuple[str, str]
    ) -> None:
        for zone in ZONES:
            arguments = f'{spelled(ends)}, timeZone: "{zone}"'
            found = api.ask(
                f"{{ dashboard({arguments}) {{ views watchHours }} dailyTrends({arguments}) {{ views watchHours }}"
                f" hourlyTrends({arguments}) {{ views watchHours }} genres({arguments}) {{ views watchHours }}"
                f" devices({arguments}) {{ views watchHours }} countries({arguments}) {{ views watchHours }} }}"
            )
            whole = {"views": found["dashboard"]["views"], "watchHours": found["dashboard"]["watchHours"]}
            for panel in ("dailyTrends", "hourlyTrends", "genres", "devices", "countries"):
                assert whole == added(found[panel]), (zone, panel)

    @pytest.mark.parametrize(
        ("start", "middle", "end"),
        [
            ("2024-02-01", "2024-02-29", "2024-03-02"),
            ("2025-10-01", "2025-10-26", "2025-11-20"),
            ("2025-10-25T22:00:00Z", "2025-10-26T00:30:00Z", "2025-10-26T03:17:05Z"),
            ("2023-06-01", "2024-02-29T11:11:11Z", "2025-01-01"),
        ],
    )
    def test_parts_of_a_range_add_up_to_the_whole(self, api: Api, start: str, middle: str, end: str) -> None:
        spans = {"whole": (start, end), "early": (start, middle), "late": (middle, end)}
        asked = " ".join(
            f'{name}: viewing({spelled(ends)}, timeZone: "Europe/Berlin") {{ totals {{ {ADDED} }} }}'
            for name, ends in spans.items()
        )
        found = {name: one["totals"] for name, one in api.ask(f"{{ {asked} }}").items()}
        assert found["whole"] == added([found["early"], found["late"]])

    @pytest.mark.parametrize(
        "dimension",
        [
            *("genre", "director", "releaseYear", "daysSinceRelease", "device", "quality", "country", "subscription"),
            *(
                "ageBand",
                "gender",
                "hourOfDay",
                "dayOfWeek",
                'attribute(path: "app.version")',
                "movie { id: sourceId }",
            ),
        ],
    )
    def test_values_of_a_dimension_add_up_as_rows_and_as_filters(self, api: Api, dimension: str) -> None:
        range_ = spelled(ODD_DAYS)
        rows_ = f"rows({grouped_by(dimension)}) {{ value: {dimension} {ADDED} }}"
        whole = api.ask(f"{{ viewing({range_}) {{ {rows_} totals {{ {ADDED} }} }} }}")
        rows, totals = whole["viewing"]["rows"], whole["viewing"]["totals"]
        assert totals == added([{name: row[name] for name in totals} for row in rows])
        name = re.split(r"\W", dimension, maxsplit=1)[0]
        values = [row["value"]["id"] if name == "movie" else row["value"] for row in rows][:20]
        by_value = [_only(api, name, value) for value in values]
        assert by_value == [{one: row[one] for one in totals} for row in rows[:20]]

    @pytest.mark.parametrize("where", ['device: {eq: "TV"}', 'genre: {has: "War"}', 'country: {in: ["US", "Unknown"]}'])
    def test_a_filter_and_its_opposite_add_up_to_everything(self, api: Api, where: str) -> None:
        tests = {"all": "", "with": f", where: {{{where}}}", "without": f", where: {{not: {{{where}}}}}"}
        asked = " ".join(
            f"{name}: viewing({spelled(YEARS)}{test}) {{ totals {{ {ADDED} }} }}" for name, test in tests.items()
        )
        found = {name: one["totals"] for name, one in api.ask(f"{{ {asked} }}").items()}
        assert found["all"] == added([found["with"], found["without"]])

    def test_the_top_and_all_others_add_up(self, api: Api) -> None:
        for n in (1, 2, 3):
            for dimension in ("releaseYear", "director", "country", "movie { id: sourceId }"):
                top = f"rows({grouped_by(dimension)}, top: {{n: {n}, by: VIEWS}})"
                asked = f"{top} {{ {dimension} {ADDED} isOthers }} totals {{ {ADDED} }}"
                found = api.ask(f"{{ viewing({spelled(YEARS)}) {{ {asked} }} }}")["viewing"]
                rows = [{name: row[name] for name in found["totals"]} for row in found["rows"]]
                assert found["totals"] == added(rows), (n, dimension)
                assert sum(row["isOthers"] for row in found["rows"]) <= 1


def _bucketed(place: int, ends: tuple[str, str], grain: str) -> str:
    """The fields that ask sessions and ratings by bucket, in the zone of a place."""
    arguments = f'{spelled(ends)}, timeZone: "{ZONES[place]}"'
    return f"""
        sessions{place}: viewing({arguments}) {{ rows(by: [{grain}]) {{ time {ADDED} }} totals {{ {ADDED} }} }}
        ratings{place}: rating({arguments}) {{ rows(by: [{grain}]) {{ time ratingsCount }} totals {{ ratingsCount }} }}
    """


def _only(api: Api, name: str, value: Any) -> dict[str, Any]:
    """The totals of the rows with one value."""
    test: dict[str, Any] = {"eq": "Unknown" if value is None else value}
    if name in ("releaseYear", "daysSinceRelease") and value is None:
        where: dict[str, Any] = {"not": {name: {"gte": -1_000_000}}}
    else:
        where = {name: test | ({"path": "app.version"} if name == "attribute" else {})}
    document = (
        f"query ($where: ViewingFilter) {{ viewing({spelled(ODD_DAYS)}, where: $where) {{ totals {{ {ADDED} }} }} }}"
    )
    found: dict[str, Any] = api.ask(document, where=where)["viewing"]["totals"]
    return found


class TestPast:
    """What the rows have of the past adds up to what the undivided range has of it."""

    @pytest.mark.sampled
    @pytest.mark.parametrize("comparison", ["PREVIOUS_PERIOD", "PREVIOUS_YEAR"])
    @pytest.mark.parametrize("ends", RANGES, ids="..".join)
    def test_the_past_of_all_rows_is_the_past(self, api: Api, ends: tuple[str, str], comparison: str) -> None:
        grains = GRAINS if ends in SHORT else GRAINS[2:]
        past = f"previous {{ {ADDED} }}"
        aliases = " ".join(f"{grain}: rows(by: [{grain}]) {{ time {past} }}" for grain in grains)
        clock = f"clock: rows(by: [DAY, DAY_OF_WEEK, HOUR_OF_DAY, COUNTRY]) {{ dayOfWeek {past} }}"
        weekly = f"weekly: rows(by: [DAY_OF_WEEK, HOUR_OF_DAY]) {{ dayOfWeek hourOfDay {past} }}"
        for zone in ZONES:
            arguments = f'{spelled(ends)}, timeZone: "{zone}", compareTo: {comparison}'
            asked = f"{{ viewing({arguments}) {{ whole: rows {{ {past} }} {aliases} {clock} {weekly} }} }}"
            found = api.ask(asked)["viewing"]
            whole = found.pop("whole")[0]["previous"]
            assert whole["views"] > 0 or ends[0].startswith("2023")
            for name, rows in found.items():
                parts = [row["previous"] for row in rows] or [dict.fromkeys(whole, 0)]
                assert whole == added(parts), (zone, name)
