"""When a rule is quiet and when it fires, at its bounds and with nothing to compare with; and what moved a ratio."""

from typing import Any

import pytest

from server.alerting.judging import judged, movers_of
from warehouse.alerts.history import EventKind
from warehouse.alerts.rules import AlertCondition, Rule

DAYS = ("2026-05-02", "2026-05-03")
OK, FIRING = EventKind.OK, EventKind.FIRING


def rule(condition: str, bound: float | None, measure: str = "views") -> Rule:
    """A rule over a day."""
    return Rule(measure, "P1D", "UTC", AlertCondition(condition), bound, None, ())


def answer(value: float | None, before: float | None, forecast: tuple[float, float] | None = None) -> dict[str, Any]:
    """What the API says."""
    days = [] if forecast is None else [{"day": DAYS[0], "low": forecast[0], "high": forecast[1]}]
    return {"viewing": {"rows": [{"views": value, "previous": {"views": before}}]}, "forecast": days}


@pytest.mark.parametrize(
    ("condition", "bound", "value", "before", "expected"),
    [
        ("ABOVE", 15, 15, None, OK),
        ("ABOVE", 15, 16, None, FIRING),
        ("BELOW", 15, 15, None, OK),
        ("BELOW", 15, 14, None, FIRING),
        ("BELOW", 15, 0, None, FIRING),
        ("RISES_BY", 0.5, 15, 10, OK),
        ("RISES_BY", 0.5, 16, 10, FIRING),
        ("FALLS_BY", 0.5, 5, 10, OK),
        ("FALLS_BY", 0.5, 4, 10, FIRING),
        ("FALLS_BY", 0.5, 20, 10, OK),
        ("RISES_BY", 0.5, 16, 0, None),
        ("FALLS_BY", 0.5, 16, None, None),
        ("ABOVE", 15, None, None, None),
    ],
)
def test_it_fires_beyond_its_bound(
    condition: str, bound: float, value: float | None, before: float | None, expected: EventKind | None
) -> None:
    found = judged(rule(condition, bound), answer(value, before), DAYS)
    assert (found.kind if found else None) is expected


@pytest.mark.parametrize(("value", "expected"), [(7, FIRING), (8, OK), (12, OK), (13, FIRING)])
def test_it_fires_outside_the_interval_of_its_day(value: int, expected: EventKind) -> None:
    found = judged(rule("OUTSIDE_FORECAST", None), answer(value, 5, (8.0, 12.0)), DAYS)
    assert found is not None
    assert (found.kind, found.found.low, found.found.high) == (expected, 8.0, 12.0)


def test_without_a_forecast_of_its_day_nothing_is_said() -> None:
    assert judged(rule("OUTSIDE_FORECAST", None), answer(7, 5), DAYS) is None


def test_without_rows_a_count_is_zero() -> None:
    found = judged(rule("BELOW", 1), {"viewing": {"rows": []}}, DAYS)
    assert found is not None
    assert (found.kind, found.found.value) == (FIRING, 0)


def test_parts_of_a_ratio_are_weighted_by_their_share_of_views() -> None:
    def row(country: str, rate: float, views: int, rate_before: float, views_before: int) -> dict[str, Any]:
        before = {"completionRate": rate_before, "views": views_before}
        return {"country": country, "isOthers": False, "completionRate": rate, "views": views, "previous": before}

    rows = {"country": [row("DE", 0.5, 30, 0.5, 10), row("US", 0.8, 10, 0.8, 30)]}
    found = movers_of(rule("FALLS_BY", 0.1, "completion_rate"), rows)
    assert [(one.value, round(one.contribution, 9)) for one in found] == [("US", -0.4), ("DE", 0.25)]
    # They add up to the change of the whole: 0.575 after 0.725.
    assert round(sum(one.contribution for one in found), 9) == -0.15


def test_a_dimension_of_one_value_moves_nothing() -> None:
    row = {"device": "TV", "isOthers": False, "views": 9, "previous": {"views": 1}}
    assert movers_of(rule("ABOVE", 1), {"device": [row]}) == ()
