"""`viewing`: the selection set is the query: dimensions group, measures count, and order, limit and totals hold."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.integration.resolvers.conftest import ADMIN, VIEWER, Door
from tests.integration.resolvers.recount import chosen, figures, grouped, in_order, local, sessions_between
from tests.integration.resolvers.world import FILMS, Session
from tests.oracle.selections import grouped_by, of_enum

RANGE = {"from": "2026-03-01", "to": "2026-04-05"}
START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 5, tzinfo=UTC)
MEASURES = (
    "views viewers watchMinutes watchHours averageWatchMinutes completionRate completedViews bufferingEvents "
    "bufferingPerView activeTitles"
)


def band(one: Session) -> str | None:
    age = one.user.age
    if age is None:
        return None
    for end, name in ((18, "under 18"), (25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54")):
        if age < end:
            return name
    return "55+"


DIMENSIONS: dict[str, Any] = {
    "genre": lambda one: one.film.genre,
    "director": lambda one: one.film.director,
    "device": lambda one: one.device,
    "quality": lambda one: one.quality,
    "country": lambda one: one.user.country,
    "subscription": lambda one: one.user.plan,
    "ageBand": band,
    "hourOfDay": lambda one: one.start.hour,
    "dayOfWeek": lambda one: one.start.isoweekday(),
}


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_dimension_groups_every_measure(door: Door, dimension: str) -> None:
    rows = f"rows({grouped_by(dimension)}) {{ {dimension} {MEASURES} }}"
    document = f"query ($range: TimeRange) {{ viewing(range: $range) {{ {rows} }} }}"
    groups = grouped(sessions_between(START, END), DIMENSIONS[dimension])
    found = door.ask(document, VIEWER, range=RANGE)["viewing"]["rows"]
    assert found == [{dimension: value, **figures(rows)} for value, rows in groups.items()]


def test_two_dimensions_make_one_row_a_pair(door: Door) -> None:
    document = """query ($range: TimeRange) { viewing(range: $range) {
        rows(by: [COUNTRY, DEVICE]) { country device views viewers } } }"""
    groups = grouped(sessions_between(START, END), lambda one: (one.user.country, one.device))
    assert door.ask(document, VIEWER, range=RANGE)["viewing"]["rows"] == [
        {"country": country, "device": device, **chosen(figures(rows), "views", "viewers")}
        for (country, device), rows in groups.items()
    ]


def test_the_same_dimension_twice_with_other_grains_is_two_columns(door: Door) -> None:
    document = """query ($range: TimeRange) { viewing(range: $range, timeZone: "America/New_York") {
        rows(by: [DAY, MONTH]) { day: time(grain: DAY) month: time(grain: MONTH) again: time(grain: DAY) views } } }"""
    zone = "America/New_York"
    start, end = datetime(2026, 3, 1, 5, tzinfo=UTC), datetime(2026, 4, 5, 4, tzinfo=UTC)
    rows = []
    for day, found in grouped(sessions_between(start, end), lambda one: local(one.start, zone).date()).items():
        # Summer time begins in the night to 8 March, after that day's midnight.
        offset = "-05:00" if day.isoformat() <= "2026-03-08" else "-04:00"
        month = "2026-03-01T00:00:00-05:00" if day.month == 3 else "2026-04-01T00:00:00-04:00"
        midnight = f"{day}T00:00:00{offset}"
        rows.append({"day": midnight, "month": month, "again": midnight, "views": len(found)})
    assert door.ask(document, VIEWER, range=RANGE)["viewing"]["rows"] == rows


def test_films_group_by_id_so_that_equal_titles_stay_apart(door: Door) -> None:
    rows = "rows(by: [MOVIE]) { movie { id: sourceId title } views }"
    document = f"query ($range: TimeRange) {{ viewing(range: $range) {{ {rows} }} }}"
    groups = grouped(sessions_between(START, END), lambda one: (one.film.title, one.film.id))
    assert [film.title for film in FILMS].count("Dusk") == 2
    assert door.ask(document, VIEWER, range=RANGE)["viewing"]["rows"] == [
        {"movie": {"id": identity, "title": title}, "views": len(rows)} for (title, identity), rows in groups.items()
    ]


def test_order_and_limit_cut_rows_but_not_totals(door: Door) -> None:
    document = """query ($range: TimeRange) {
        viewing(range: $range) {
            rows(by: [COUNTRY], orderBy: [{field: WATCH_HOURS, direction: DESC}], limit: 2) { country watchHours }
            totals { views viewers watchHours } } }"""
    sessions = sessions_between(START, END)
    rows = [
        {"country": country, **chosen(figures(found), "watchHours")}
        for country, found in grouped(sessions, lambda one: one.user.country).items()
    ]
    assert door.ask(document, VIEWER, range=RANGE)["viewing"] == {
        "rows": sorted(rows, key=lambda row: -row["watchHours"])[:2],
        "totals": chosen(figures(sessions), "views", "viewers", "watchHours"),
    }


def test_a_measure_can_sort_without_being_selected(door: Door) -> None:
    document = """query ($range: TimeRange) {
        viewing(range: $range) { rows(by: [COUNTRY], orderBy: [{field: VIEWS, direction: DESC}]) { country } } }"""
    groups = grouped(sessions_between(START, END), lambda one: one.user.country)
    expected = sorted(groups, key=lambda country: (-len(groups[country]), in_order(country)))
    assert [row["country"] for row in door.ask(document, VIEWER, range=RANGE)["viewing"]["rows"]] == expected


def test_a_dimension_that_rows_are_not_grouped_by_can_not_sort(door: Door) -> None:
    body = door.answer("{ viewing { rows(by: [COUNTRY], orderBy: [{field: GENRE}]) { country views } } }", VIEWER)
    assert body["errors"][0]["extensions"]["code"] == "BAD_INPUT"
    assert "GENRE, but rows are not grouped by it" in body["errors"][0]["message"]


def test_each_row_stands_beside_its_group_in_the_period_before(door: Door) -> None:
    document = """{ viewing(range: {from: "2026-03-21", to: "2026-04-05"}, compareTo: PREVIOUS_PERIOD) {
        rows(by: [COUNTRY]) { country views previous { views viewers } change { views } } } }"""
    middle, before = datetime(2026, 3, 21, tzinfo=UTC), datetime(2026, 3, 6, tzinfo=UTC)
    now = grouped(sessions_between(middle, END), lambda one: one.user.country)
    then = grouped(sessions_between(before, middle), lambda one: one.user.country)
    rows = []
    for country in sorted({*now, *then}, key=in_order):
        views, was = len(now.get(country, [])), figures(then.get(country, []))
        change = (views - was["views"]) / was["views"] if was["views"] else None
        previous = chosen(was, "views", "viewers")
        rows.append({"country": country, "views": views, "previous": previous, "change": {"views": change}})
    assert door.ask(document, VIEWER)["viewing"]["rows"] == rows


def test_without_a_comparison_previous_and_change_are_null(door: Door) -> None:
    rows = door.ask("{ viewing { rows { views previous { views } change { views } } } }", VIEWER)["viewing"]["rows"]
    assert rows == [{"views": 700, "previous": None, "change": None}]


def test_the_plan_shows_its_figures_to_unscoped_admins_only(door: Door) -> None:
    document = """{ viewing { rows(by: [GENRE]) { genre views }
                  plan(by: [GENRE]) { source rejected { rollup reason } elapsedMs sql } } }"""
    for token, shown in ((ADMIN, True), (VIEWER, False)):
        plan = door.ask(document, token)["viewing"]["plan"]
        assert plan["source"] == "genre_analytics"
        assert {"rollup": "device_analytics", "reason": "DIMENSION_NOT_STORED"} in plan["rejected"]
        assert (plan["elapsedMs"] is not None, plan["sql"] is not None) == (shown, shown)


def test_the_plan_says_which_pieces_were_read_and_to_admins_where_the_time_went(door: Door) -> None:
    asked = {"from": "2026-02-27T21:00:00+05:45", "to": "2026-04-04"}
    document = """query ($range: TimeRange) { viewing(range: $range, timeZone: "Asia/Kathmandu") {
                  rows(by: [GENRE]) { genre views }
                  plan(by: [GENRE]) { pieces timings { wait compile engine complete } } } }"""
    # 15:15Z to half past; half-hours to midnight; 28 February; March; 1 to 3 April; to 18:15Z.
    pieces = "genre_analytics: 1 x 1 month, 3 x 1 d, 1 x 12 h, 29 x 30 min; edges: viewing_sessions, 1,800 s"
    for token, shown in ((ADMIN, True), (VIEWER, False)):
        plan = door.ask(document, token, range=asked)["viewing"]["plan"]
        assert plan["pieces"] == [pieces]
        assert (plan["timings"] is not None) == shown
    timings = door.ask(document, ADMIN, range=asked)["viewing"]["plan"]["timings"]
    assert all(timings[part] >= 0 for part in ("wait", "compile", "complete"))
    assert timings["engine"] > 0


@pytest.mark.parametrize(
    ("dimension", "range_", "source"),
    [
        ("", RANGE, "daily_analytics"),
        ("hourOfDay", RANGE, "hourly_analytics"),
        ("country", RANGE, "country_analytics"),
        ("country device", RANGE, "viewing_sessions"),
        ("country", {"from": "2026-03-01T00:07:00Z", "to": "2026-04-05"}, "country_analytics"),
        ("country", {"from": "2026-03-01T00:07:00Z", "to": "2026-03-01T00:52:00Z"}, "viewing_sessions"),
    ],
)
def test_the_smallest_rollup_that_can_answer_exactly_serves(
    door: Door, dimension: str, range_: dict[str, str], source: str
) -> None:
    by = f"(by: [{', '.join(map(of_enum, dimension.split()))}])" if dimension else ""
    asked = f"rows{by} {{ {dimension} views }} plan{by} {{ source }}"
    document = f"query ($range: TimeRange) {{ viewing(range: $range) {{ {asked} }} }}"
    assert door.ask(document, VIEWER, range=range_)["viewing"]["plan"]["source"] == source


def test_a_rollup_is_too_coarse_for_a_range_without_one_of_its_pieces(door: Door) -> None:
    asked = {"from": "2026-03-01T00:07:00Z", "to": "2026-03-01T00:52:00Z"}
    document = """query ($range: TimeRange) { viewing(range: $range) { rows(by: [COUNTRY]) { country views }
                  plan(by: [COUNTRY]) { source rejected { rollup reason } } } }"""
    plan = door.ask(document, VIEWER, range=asked)["viewing"]["plan"]
    assert plan["source"] == "viewing_sessions"
    assert {"rollup": "country_analytics", "reason": "STEP_TOO_COARSE"} in plan["rejected"]


def test_a_range_whose_ends_are_off_every_grid_is_counted_to_the_second(door: Door) -> None:
    document = "query ($range: TimeRange) { viewing(range: $range) { totals { views viewers watchHours } } }"
    start, end = datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, 1, tzinfo=UTC)
    asked = {"from": "2026-03-08T01:59:59-05:00", "to": "2026-03-29T01:00:01Z"}
    expected = chosen(figures(sessions_between(start, end)), "views", "viewers", "watchHours")
    assert door.ask(document, VIEWER, range=asked)["viewing"]["totals"] == expected
