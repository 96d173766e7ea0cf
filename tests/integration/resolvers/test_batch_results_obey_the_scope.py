"""Row scope over what Spark's jobs computed: rows inside are told as they are, rows outside are not there, and what was
computed over everybody is refused, unless the policy released the job.
"""

from collections.abc import Callable
from typing import Any

import pytest

from schema import access_policy
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from tests.integration.resolvers.conftest import VIEWER, Door, says_nothing, token_of, without_ids
from warehouse.access import Access, Strategy
from warehouse.engine.engine import Engine
from warehouse.errors import Forbidden
from warehouse.spark_results.geography import countries, distances, travellers
from warehouse.spark_results.patterns import PatternBy, patterns
from warehouse.spark_results.quality_windows import alerts
from warehouse.spark_results.recommendations import recommendations

THERE = token_of(Role.ADMIN, {"country": ("DE", "HU")})
NOWHERE = token_of(Role.ADMIN, {"country": ("ZZ",)})
BASIC = token_of(Role.ADMIN, {"subscription": ("basic",)})
DRAMA = token_of(Role.ADMIN, {"genre": ("Drama",)})
DRAMA_THERE = token_of(Role.ADMIN, {"country": ("DE",), "genre": ("Drama",)})
ASKED = {"Recommendations": {"userId": "10"}, "SimilarMovies": {"id": "1"}}


def answered(door: Door, operation: str, token: str, **variables: Any) -> Any:
    """What a published operation's one field answers."""
    (found,) = door.ask(published()[operation].document, token, **variables).values()
    return without_ids(found)


@pytest.mark.parametrize(
    ("token", "by", "viewers"),
    [
        (THERE, "COUNTRY", {"DE": 2, "HU": 1}),
        (THERE, "SUBSCRIPTION", {"basic": 1, "free": 1, "premium": 1}),
        (THERE, "ALL", {None: 3}),
        (BASIC, "COUNTRY", {"HU": 1, "US": 1}),
        (NOWHERE, "ALL", {}),
    ],
)
def test_patterns_are_of_the_people_inside(door: Door, token: str, by: str, viewers: dict[str | None, int]) -> None:
    rows = answered(door, "ViewingPatterns", token, by=by)
    assert [(row["value"], row["viewers"]) for row in rows] == list(viewers.items())


def test_a_user_out_of_scope_has_no_pattern(door: Door) -> None:
    assert answered(door, "ViewingPatterns", THERE, userId="10") == []
    assert [row["views"] for row in answered(door, "ViewingPatterns", THERE, userId="12")] == [10]


def test_a_country_scope_sees_its_countries_and_how_far_they_lie_apart(door: Door) -> None:
    everywhere, found = answered(door, "Geography", VIEWER), answered(door, "Geography", THERE)
    assert found["countries"] == [row for row in everywhere["countries"] if row["country"] in ("DE", "HU")]
    assert [(row["country"], row["other"]) for row in found["distances"]] == [("DE", "HU"), ("HU", "DE")]
    assert found["travellers"] is None


def test_a_country_scope_sees_its_alerts(door: Door) -> None:
    found = answered(door, "QualityAlerts", THERE)
    assert [(row["country"], row["bufferingPerView"], row["usual"]) for row in found] == [
        *(("DE", 3.0, 0.5), ("HU", 2.5, 0.5), ("DE", 2.0, 0.0)),
    ]
    assert answered(door, "QualityAlerts", THERE, country="US") == []


@pytest.mark.parametrize(
    ("operation", "tokens"),
    [
        ("ViewingPatterns", [DRAMA, DRAMA_THERE]),
        ("Geography", [DRAMA, BASIC, DRAMA_THERE]),
        ("QualityAlerts", [DRAMA, BASIC, DRAMA_THERE]),
        ("Forecast", [THERE, BASIC, DRAMA, DRAMA_THERE]),
        *((name, [THERE, BASIC, DRAMA]) for name in ("Recommendations", "SimilarMovies", "ModelReports")),
        *((name, [THERE, BASIC, DRAMA]) for name in ("ChurnRisk", "ChurnCalibration")),
    ],
)
def test_what_a_scope_can_not_read_is_refused(door: Door, operation: str, tokens: list[str]) -> None:
    for token in tokens:
        body = door.answer(published()[operation].document, token, **ASKED.get(operation, {}))
        assert says_nothing(body["data"])
        (error,) = body["errors"]
        assert error["extensions"]["code"] == "FORBIDDEN"
        assert "our token is limited to some" in error["message"]


def test_a_released_job_is_told_in_spite_of_a_scope(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        access_policy, "RELEASED", frozenset({"recommendations", "churn", "forecast", "geography", "quality"})
    )
    assert [row["rank"] for row in answered(door, "Recommendations", THERE, userId="12")] == [1]
    assert len(answered(door, "ModelReports", THERE)) == 4
    assert len(answered(door, "Forecast", THERE)) == 3
    assert len(answered(door, "Geography", THERE)["travellers"]) == 3
    assert answered(door, "QualityAlerts", THERE)[0]["usual"] == 1.25


def test_a_released_job_tells_of_no_user_film_or_genre_out_of_scope(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_policy, "RELEASED", frozenset({"recommendations", "churn", "forecast"}))
    assert answered(door, "Recommendations", THERE, userId="10") == []
    assert [row["user"]["sourceId"] for row in answered(door, "ChurnRisk", THERE)] == ["12", "13"]
    assert answered(door, "SimilarMovies", DRAMA, id="1") == []
    assert {row["genre"] for row in answered(door, "Forecast", DRAMA)} == {"Drama"}
    assert answered(door, "Forecast", DRAMA, genre="Comedy") == []
    assert [row["movie"]["sourceId"] for row in answered(door, "SimilarMovies", THERE, id="1")] == ["3", "2"]


@pytest.mark.parametrize(
    ("strategy", "shown"),
    [(Strategy.NULL, {None}), (Strategy.PARTIAL, {"D***", "H***", "U***"})],
    ids=["NULL", "PARTIAL"],
)
def test_a_mask_of_countries_covers_those_that_jobs_counted(
    service: Service, strategy: Strategy, shown: set[str | None]
) -> None:
    masked, warehouse = Access("ada", "viewer", masks={"users.country": strategy}), service.warehouse
    # Only of those who watched is there one without a country.
    assert {row.value for row in patterns(warehouse.engine, PatternBy.COUNTRY, None, masked)} == shown | {None}
    assert {row.country for row in countries(warehouse.engine, masked)} == shown
    assert {name for row in distances(warehouse.engine, masked) for name in (row.country, row.other)} == shown
    assert {row.home for row in travellers(warehouse.engine, 3, masked) or ()} <= shown
    assert {row.country for row in alerts(warehouse.engine, 5, None, None, masked)} == shown
    assert alerts(warehouse.engine, 5, None, "DE", masked) == []


def test_a_mask_of_ages_is_no_way_around_the_band(service: Service) -> None:
    hidden = Access("ada", "viewer", masks={"users.age": Strategy.NULL})
    assert [
        (row.value, row.viewers) for row in patterns(service.warehouse.engine, PatternBy.AGE_BAND, None, hidden)
    ] == [(None, 6)]


READING: list[Callable[[Engine, Access], object]] = [
    lambda engine, access: patterns(engine, PatternBy.ALL, None, access),
    countries,
    distances,
    lambda engine, access: alerts(engine, 5, None, None, access),
]


@pytest.mark.parametrize("read", READING, ids=["patterns", "countries", "distances", "alerts"])
def test_a_scope_that_nobody_knows_denies(service: Service, read: Callable[[Engine, Access], object]) -> None:
    with pytest.raises(Forbidden, match="limited to some values of shoe_size"):
        read(service.warehouse.engine, Access("ada", "viewer", scope={"country": ("DE",), "shoe_size": ("43",)}))


@pytest.mark.parametrize("strategy", [Strategy.NULL, Strategy.PARTIAL, Strategy.HASH])
def test_a_masked_country_gets_everybodys_films_so_that_the_list_does_not_tell_it(
    service: Service, strategy: Strategy
) -> None:
    engine = service.warehouse.engine
    masked = Access("ada", "viewer", masks={"users.country": strategy}, hash_key=b"k" * 32)
    # Dora of DE has met all films of everybody's list; the one that she has not met is on that of DE.
    assert [row.rank for row in recommendations(engine, "13", 20, Access("ada", "viewer"))] == [1]
    assert recommendations(engine, "13", 20, masked) == []
