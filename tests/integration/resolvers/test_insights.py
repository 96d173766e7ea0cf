"""The insights through the API: their shapes, the numbers of the small world, scopes, and input that can't be."""

from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Any

import pytest
from graphql import build_schema

from resolvers.export_schema import sdl
from schema.roles import Role
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, token_of
from tests.integration.resolvers.fit import Fit
from tests.integration.resolvers.recount import grouped, local, ratio, sessions_between
from tests.integration.resolvers.world import END, SESSIONS, Session

# Both changes of the clock are inside.
ZONE = "America/New_York"
RANGE = {"from": "2026-03-01", "to": "2026-04-06"}
START_DAY, END_DAY = date(2026, 3, 1), date(2026, 4, 6)
SCOPE = ("DE", "HU")
SCOPED = token_of(Role.ANALYST, {"country": SCOPE})
RETENTION = """query ($range: TimeRange, $zone: TimeZone!, $periods: Int! = 3, $cohort: CohortGrain! = WEEK) {
    retention(range: $range, timeZone: $zone, periods: $periods, cohort: $cohort) {
        start viewers complete returns { period start viewers share } } }"""


def day_of(session: Session) -> date:
    return local(session.start, ZONE).date()


def in_range(sessions: list[Session]) -> list[Session]:
    return [one for one in sessions if START_DAY <= day_of(one) < END_DAY]


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def cohorts(sessions: list[Session], periods: int) -> list[dict[str, Any]]:
    """The weekly cohorts of the range."""
    first: dict[str, date] = {}
    for one in sorted(sessions, key=lambda each: each.start):
        first.setdefault(one.user.id, monday(day_of(one)))
    came = {(one.user.id, monday(day_of(one))) for one in sessions}
    newest = max(day_of(one) for one in sessions)
    rows = []
    for start in (START_DAY + timedelta(days=shift) for shift in range((END_DAY - START_DAY).days)):
        if start.weekday() != 0:
            continue
        people = [user for user, week in first.items() if week == start]
        returns = []
        for period in range(1, periods + 1):
            week = start + timedelta(weeks=period)
            back = sum((user, week) in came for user in people) if week + timedelta(days=6) <= newest else None
            share = None if back is None else ratio(back, len(people))
            returns.append({"period": period, "start": week.isoformat(), "viewers": back, "share": share})
        complete = start + timedelta(days=6) <= newest
        rows.append({"start": start.isoformat(), "viewers": len(people), "complete": complete, "returns": returns})
    return rows


def test_retention_follows_people_from_their_first_week(door: Door) -> None:
    found = door.ask(RETENTION, VIEWER, range=RANGE, zone=ZONE)["retention"]
    assert found == cohorts(list(SESSIONS), 3)
    assert [one["start"] for one in found] == ["2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30"]
    assert not all(back["viewers"] is not None for one in found for back in one["returns"])


def test_the_first_week_holds_most_people_and_they_come_back(door: Door) -> None:
    found = door.ask(RETENTION, VIEWER, range={"from": "2026-02-16", "to": "2026-03-09"}, zone="UTC")["retention"]
    assert [one["viewers"] for one in found] == [len(ids) for ids in _new_people_by_week()]
    assert found[0]["returns"][0]["share"] > 0.5


def _new_people_by_week() -> list[set[str]]:
    seen: set[str] = set()
    weeks = []
    for day in (datetime(2026, 2, 16, tzinfo=UTC) + timedelta(weeks=shift) for shift in range(3)):
        there = {one.user.id for one in sessions_between(day, day + timedelta(weeks=1))}
        weeks.append(there - seen)
        seen |= there
    return weeks


def test_a_cohort_of_a_month_is_followed_by_months(door: Door) -> None:
    found = door.ask(RETENTION, VIEWER, range={"from": "2026-02-01", "to": "2026-03-01"}, zone="UTC", cohort="MONTH")
    (february,) = found["retention"]
    people = {one.user.id for one in SESSIONS if one.start.month == 2}
    march = people & {one.user.id for one in SESSIONS if one.start.month == 3}
    assert (february["viewers"], february["complete"]) == (len(people), True)
    # The newest session is of 10 April, so that April is not over.
    assert february["returns"] == [
        {"period": 1, "start": "2026-03-01", "viewers": len(march), "share": len(march) / len(people)},
        {"period": 2, "start": "2026-04-01", "viewers": None, "share": None},
        {"period": 3, "start": "2026-05-01", "viewers": None, "share": None},
    ]


def test_the_funnel_ends_with_the_completed_views(door: Door) -> None:
    document = """query ($range: TimeRange) {
        completionFunnel(range: $range, timeZone: "America/New_York") {
            steps { reached views viewers share } unknownViews }
        viewing(range: $range, timeZone: "America/New_York") { totals { views viewers completedViews } } }"""
    found = door.ask(document, VIEWER, range=RANGE)
    rows = in_range(list(SESSIONS))
    steps = []
    for reached in (0, 0.25, 0.5, 0.75, 0.9):
        there = [one for one in rows if not reached or (one.completion_e6 or 0) >= reached * 1_000_000]
        people = {one.user for one in there}
        steps.append({"reached": reached, "views": len(there), "viewers": len(people), "share": len(there) / len(rows)})
    unknown = sum(one.completion_e6 is None for one in rows)
    assert found["completionFunnel"] == {"steps": steps, "unknownViews": unknown}
    totals = found["viewing"]["totals"]
    assert (steps[0]["views"], steps[0]["viewers"]) == (totals["views"], totals["viewers"])
    assert steps[-1]["views"] == totals["completedViews"]


def test_peaks_are_those_of_a_count_at_each_start(door: Door) -> None:
    document = """query ($range: TimeRange) {
        concurrency(grain: DAY, range: $range, timeZone: "America/New_York") { time peakViewers } }"""
    spells = [(one.start, one.start + timedelta(milliseconds=6 * one.minutes_e4), one.user) for one in SESSIONS]
    expected = {}
    for shift in range((END_DAY - START_DAY).days):
        midnight = datetime.combine(START_DAY + timedelta(days=shift), datetime.min.time())
        begin = midnight.replace(tzinfo=local(END, ZONE).tzinfo)
        day = begin.date()
        moments = [begin, *(start for start, _, _ in spells if local(start, ZONE).date() == day)]
        expected[begin.isoformat()] = max(
            len({user for start, end, user in spells if start <= moment < end}) for moment in moments
        )
    found = door.ask(document, VIEWER, range=RANGE)["concurrency"]
    assert {row["time"]: row["peakViewers"] for row in found} == expected
    assert len(found) == len(expected)
    assert max(expected.values()) > 1


def test_stickiness_divides_days_by_the_30_days_that_end_with_them(door: Door) -> None:
    document = """query ($range: TimeRange) {
        stickiness(range: $range, timeZone: "America/New_York") { day dailyViewers monthlyViewers stickiness } }"""
    expected = []
    for shift in range((END_DAY - START_DAY).days):
        day = START_DAY + timedelta(days=shift)
        daily = len({one.user for one in SESSIONS if day_of(one) == day})
        monthly = len({one.user for one in SESSIONS if day - timedelta(days=30) < day_of(one) <= day})
        row = {"day": day.isoformat(), "dailyViewers": daily, "monthlyViewers": monthly}
        expected.append({**row, "stickiness": ratio(daily, monthly)})
    assert door.ask(document, VIEWER, range=RANGE)["stickiness"] == expected


@pytest.mark.parametrize("by", ["DEVICE", "COUNTRY", "QUALITY"])
def test_quality_is_read_off_sorted_lists(door: Door, by: str) -> None:
    document = """query ($range: TimeRange, $by: QualityBy!) {
        quality(by: $by, range: $range, timeZone: "America/New_York") {
            value views bufferingPerView bufferedShare bufferingP50 bufferingP95 bufferingP99 } }"""
    groups = grouped(in_range(list(SESSIONS)), lambda one: _value(one, by))
    expected = sorted((_quality_row(name, rows) for name, rows in groups.items()), key=lambda row: -row["views"])
    assert door.ask(document, VIEWER, range=RANGE, by=by)["quality"] == expected


def _value(session: Session, by: str) -> str | None:
    values = {"DEVICE": session.device, "COUNTRY": session.user.country, "QUALITY": session.quality}
    return values[by]


def _quality_row(name: str | None, sessions: list[Session]) -> dict[str, Any]:
    known = sorted(one.buffering for one in sessions if one.buffering is not None)
    return {
        "value": name,
        "views": len(sessions),
        "bufferingPerView": ratio(sum(known), len(known)),
        "bufferedShare": ratio(sum(one > 0 for one in known), len(known)),
        **{f"bufferingP{percent}": known[ceil(percent * len(known) / 100) - 1] for percent in (50, 95, 99)},
    }


def test_a_scope_counts_its_own_people_only(door: Door) -> None:
    inside = [one for one in SESSIONS if one.user.country in SCOPE]
    assert door.ask(RETENTION, SCOPED, range=RANGE, zone=ZONE)["retention"] == cohorts(inside, 3)
    found = door.ask(
        """{ quality(by: COUNTRY) { value views } completionFunnel { steps { viewers } }
             stickiness { monthlyViewers } concurrency(grain: DAY) { peakViewers } }""",
        SCOPED,
    )
    assert {row["value"]: row["views"] for row in found["quality"]} == {
        country: sum(one.user.country == country for one in inside) for country in SCOPE
    }
    people = len({one.user for one in inside})
    assert found["completionFunnel"]["steps"][0]["viewers"] == people
    assert max(row["monthlyViewers"] for row in found["stickiness"]) <= people
    assert 0 < max(row["peakViewers"] for row in found["concurrency"]) <= people


def test_filters_choose_the_sessions_that_count(door: Door) -> None:
    document = """{ quality(by: DEVICE, where: {device: {eq: "TV"}, not: {country: {eq: "US"}}}) { value views }
        none: quality(by: DEVICE, where: {or: []}) { value } }"""
    views = sum(one.device == "TV" and one.user.country != "US" for one in SESSIONS)
    assert door.ask(document, VIEWER) == {"quality": [{"value": "TV", "views": views}], "none": []}


def test_a_filter_on_a_masked_column_sees_the_mask(door: Door) -> None:
    document = '{ completionFunnel(where: {gender: {eq: "female"}}) { steps { views } } }'
    viewer, analyst = (
        door.ask(document, token)["completionFunnel"]["steps"][0]["views"] for token in (VIEWER, ANALYST)
    )
    assert (viewer, analyst) == (0, sum(one.user.gender == "female" for one in SESSIONS))


def test_before_the_first_load_there_was_nothing(door: Door) -> None:
    document = """{ completionFunnel(asOf: "2020-01-01", range: {from: "2026-03-01", to: "2026-04-01"}) {
        steps { views } } }"""
    found = door.ask(document, ADMIN)["completionFunnel"]["steps"]
    assert [step["views"] for step in found] == [0] * 5


def test_the_note_says_which_range_and_which_table(door: Door) -> None:
    document = 'query ($range: TimeRange) { q: quality(by: DEVICE, range: $range, timeZone: "Asia/Kolkata") { views } }'
    notes = door.answer(document, VIEWER, range=RANGE)["extensions"]["marquee"]["paths"]
    assert notes == {
        "q": {
            "range": {"from": "2026-03-01T00:00:00+05:30", "to": "2026-04-06T00:00:00+05:30"},
            "source": ["viewing_sessions"],
            "reasons": [],
            "unbounded": True,
        }
    }


FITTING = """{ a: retention(cohort: MONTH) { __typename s: start viewers complete returns { __typename ...R } }
    retention(periods: 2) { returns { period } }
    completionFunnel(where: {or: []}) { __typename unknownViews steps { __typename reached views viewers share } }
    concurrency(range: {last: "P2D"}) { __typename time peakViewers } b: stickiness { day stickiness __typename }
    quality(by: COUNTRY) { __typename value views bufferingPerView bufferedShare bufferingP50 bufferingP99 } }
    fragment R on CohortReturn { period start viewers share }"""


def test_every_cell_has_the_type_that_the_schema_promises(door: Door) -> None:
    assert Fit(build_schema(sdl()), FITTING).misfits(door.ask(FITTING, VIEWER)) == []


REFUSED = [
    ("retention(periods: 0) { start }", "periods is 0; allowed are 1 to 104"),
    ("retention(periods: -3) { start }", "periods is -3"),
    ("retention(periods: 1000) { start }", "periods is 1000"),
    ("retention(cohort: DAY) { start }", "DAY"),
    ('retention(timeZone: "Mars/Olympus") { start }', "Mars/Olympus"),
    ('retention(periods: 104, range: {from: "1990-01-01", to: "2099-01-01"}) { start }', "coarser grain"),
    ('concurrency(grain: QUARTER_HOUR, range: {last: "P2Y"}) { time }', "coarser grain"),
    ("concurrency(grain: MINUTE) { time }", "MINUTE"),
    ('concurrency(timeZone: "") { time }', "zone"),
    ('stickiness(range: {from: "1990-01-01", to: "2099-12-31"}) { day }', "DAY"),
    ('stickiness(range: {last: "P0D"}) { day }', "P0D"),
    ("quality(by: GENRE) { value }", "GENRE"),
    ('completionFunnel(asOf: "yesterday") { unknownViews }', "yesterday"),
]


@pytest.mark.parametrize(("field", "words"), REFUSED, ids=[field for field, _ in REFUSED])
def test_input_that_can_not_be_is_refused_in_a_sentence(door: Door, field: str, words: str) -> None:
    (error,) = door.answer(f"{{ {field} }}", ADMIN)["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert words in error["message"]


@pytest.mark.parametrize(("field", "words"), [("quality { value }", "by"), ("completionFunnel { steps }", "steps")])
def test_a_document_that_the_schema_does_not_allow_is_refused(door: Door, field: str, words: str) -> None:
    (error,) = door.answer(f"{{ {field} }}", ADMIN)["errors"]
    assert (error["extensions"]["code"], words in error["message"]) == ("GRAPHQL_VALIDATION_FAILED", True)


def test_attributes_are_not_for_every_role(door: Door) -> None:
    document = '{ completionFunnel(where: {attribute: {path: "app.version", eq: "1"}}) { unknownViews } }'
    codes = [door.answer(document, token)["errors"][0]["extensions"]["code"] for token in (VIEWER, ANALYST)]
    assert codes == ["FORBIDDEN", "BAD_INPUT"]


def test_a_request_asks_at_most_30_insights(door: Door) -> None:
    document = "{ " + " ".join(f"q{index}: quality(by: DEVICE) {{ views }}" for index in range(31)) + " }"
    errors = door.answer(document, ADMIN)["errors"]
    assert {error["extensions"]["code"] for error in errors} == {"TOO_EXPENSIVE"}
