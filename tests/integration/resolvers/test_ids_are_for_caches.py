"""Ids of rows and results: whatever is selected beside them they are the same, and no two things share one."""

import re
from typing import Any

import pytest
from graphql import GraphQLObjectType

from resolvers.root import build_schema
from schema.cache_id import DESCRIPTION
from schema.roles import Role
from tests.integration.resolvers.conftest import ADMIN, VIEWER, Door, token_of

RANGE = 'range: {from: "2026-03-01", to: "2026-04-05"}'
# A field, and below it what to select beside the ids; `#` stands where ids go.
SHAPES = (
    f"viewing({RANGE}, compareTo: PREVIOUS_YEAR) {{ # rows(by: [COUNTRY, DAY]) {{ # views previous {{ # views }} "
    "change { # views } } totals { # viewers } plan(by: [COUNTRY]) { # source } }",
    f"viewing({RANGE}) {{ # rows(by: [MOVIE], top: {{n: 2, by: VIEWS}}) {{ # views isOthers }} }}",
    f"rating({RANGE}) {{ # rows(by: [GENRE]) {{ # ratingsCount }} totals {{ # ratingsCount }} }}",
    f"dashboard({RANGE}, compareTo: PREVIOUS_YEAR) {{ # views previous {{ # views }} change {{ # views }} }}",
    f"dailyTrends({RANGE}) {{ # day }}",
    f"hourlyTrends({RANGE}) {{ # hour }}",
    f"genres({RANGE}) {{ # genre }}",
    f"devices({RANGE}) {{ # device }}",
    f"countries({RANGE}) {{ # country }}",
    f"topMovies({RANGE}) {{ # rank }}",
    f"retention({RANGE}) {{ # start returns {{ # period }} }}",
    f"completionFunnel({RANGE}) {{ # steps {{ # reached }} }}",
    f"concurrency({RANGE}, grain: DAY) {{ # time }}",
    f"stickiness({RANGE}) {{ # day }}",
    f"quality(by: COUNTRY, {RANGE}) {{ # value }}",
    "viewingPatterns(by: AGE_BAND) { # value dayparts { # night } }",
    "geography { # countries { # country topMovies { # rank } } distances { # country } travellers { # rank } }",
    'recommendations(userId: "10") { # rank }',
    "churnRisk { # probability features { # name } }",
    "churnCalibration { # predicted }",
    "forecast { # day }",
    "qualityAlerts { # start }",
    "modelReports { # metric }",
    "jobResults { # job figures { # metric } }",
    "rankings { # rank }",
    "viewer { # role }",
    "metrics { # measures { # unit } dimensions { # by } }",
    "dimensionValues(field: COUNTRY) { # value }",
)


def ids(value: Any) -> list[str]:
    """All ids in an answer, in its order."""
    if isinstance(value, list):
        return [found for one in value for found in ids(one)]
    if not isinstance(value, dict):
        return []
    return [*([value["id"]] if "id" in value else []), *(found for one in value.values() for found in ids(one))]


@pytest.mark.parametrize("shape", SHAPES)
def test_ids_are_the_same_whatever_is_selected_and_tell_parts_apart(door: Door, shape: str) -> None:
    full = ids(door.ask(f"{{ {shape.replace('#', 'id')} }}", ADMIN))
    assert len(set(full)) == len(full)
    # Leaves beside the ids are left out.
    bare = re.sub(r"# [a-zA-Z]+(?= [}a-z])(?! [{(])", "id", shape).replace("#", "id")
    assert ids(door.ask(f"{{ {bare} }}", ADMIN)) == full


def test_rows_and_results_of_every_kind_have_one() -> None:
    types = [one for one in build_schema().core.type_map.values() if isinstance(one, GraphQLObjectType)]
    named = {one.name for one in types if "id" in one.fields and one.fields["id"].description == DESCRIPTION}
    assert {"Viewing", "ViewingRow", "ViewingFigures", "Dashboard", "GenrePanel", "Cohort", "Ranking", "Plan"} <= named
    without = {one.name for one in types if "id" not in one.fields and not one.name.startswith("__")}
    # Parts of one result that are always asked whole, connections, and what is no answer.
    assert without == {
        *("CreateEmbedTokenPayload", "RevokeTokenPayload", "RunPipelinePayload", "CancelPipelinePayload", "UserError"),
        *("CreateTokenPayload", "CreateSignInLinkPayload", "SaveBoardPayload", "DeleteBoardPayload", "BoardPanel"),
        *("SaveReportPayload", "DeleteReportPayload", "PublishOperationPayload", "UnpublishOperationPayload"),
        *("SaveAlertPayload", "DeleteAlertPayload", "AcknowledgeAlertPayload", "SilenceAlertPayload"),
        *("AlertTarget", "AlertMover", "AlertDelivery"),
        *("ExperimentShare", "ExperimentDifference", "ExperimentSpread", "ExperimentInterval"),
        *("Query", "Mutation", "Subscription", "RejectedRollup", "Timings", "FieldMask", "ScopeLimit", "PageInfo"),
        *("UserConnection", "UserEdge", "MovieConnection", "MovieEdge", "RatingConnection", "RatingEdge"),
        *("SessionConnection", "SessionEdge"),
        *("AuditRecordConnection", "AuditRecordEdge", "PipelineRunStep", "Freshness", "Span"),
    }


def test_other_questions_have_other_ids(door: Door) -> None:
    questions = (
        f"viewing({RANGE}) {{ id rows(by: [DEVICE]) {{ id }} }}",
        f'viewing({RANGE}, where: {{device: {{eq: "TV"}}}}) {{ id rows(by: [DEVICE]) {{ id }} }}',
        f'viewing({RANGE}, timeZone: "Asia/Kolkata") {{ id rows(by: [DEVICE]) {{ id }} }}',
        f"viewing({RANGE}, compareTo: PREVIOUS_YEAR) {{ id rows(by: [DEVICE]) {{ id }} }}",
        f'viewing({RANGE}, asOf: "2100-01-01") {{ id rows(by: [DEVICE]) {{ id }} }}',
        f"viewing({RANGE}) {{ rows(by: [DEVICE, COUNTRY]) {{ id }} }}",
        f'viewing({RANGE}) {{ rows(by: [DEVICE], where: {{device: {{eq: "TV"}}}}) {{ id }} }}',
        f"viewing({RANGE}) {{ rows(by: [DEVICE], top: {{n: 1, by: VIEWS}}) {{ id }} }}",
        f"rating({RANGE}) {{ id rows(by: [COUNTRY]) {{ id }} }}",
    )
    found = [one for question in questions for one in ids(door.ask(f"{{ {question} }}", VIEWER))]
    assert len(set(found)) == len(found)


def test_order_limit_and_having_only_choose_rows(door: Door) -> None:
    def rows(arguments: str) -> list[str]:
        return ids(door.ask(f"{{ viewing({RANGE}) {{ rows(by: [COUNTRY]{arguments}) {{ id }} }} }}", VIEWER))

    every = rows("")
    assert set(rows(", orderBy: [{field: VIEWS}]")) == set(every)
    assert set(rows(", limit: 2")) < set(every)
    assert set(rows(", having: {views: {gte: 100}}")) < set(every)


def test_an_id_tells_nothing_of_rows_out_of_scope(door: Door) -> None:
    document = f"{{ viewing({RANGE}) {{ rows(by: [MOVIE]) {{ id movie {{ id: sourceId }} }} }} }}"
    scoped = door.ask(document, token_of(Role.VIEWER, {"genre": ("Drama",)}))["viewing"]["rows"]
    every = {row["movie"]["id"]: row["id"] for row in door.ask(document, VIEWER)["viewing"]["rows"]}
    assert scoped
    assert all(every[row["movie"]["id"]] == row["id"] for row in scoped)
