"""Answers fit the schema: cells skip the executor's completion, so here it is done again, leaf by leaf."""

from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema

from resolvers.export_schema import sdl
from server.answering.published_operations import published
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door
from tests.integration.resolvers.fit import Fit

DOCUMENTS = [
    """{ viewing(compareTo: PREVIOUS_YEAR) { id
        rows(by: [HOUR, DAY, DEVICE, QUALITY, MOVIE]) {
               id a: time(grain: HOUR) b: time(grain: DAY) device quality
               movie { id title genre genres duration releaseDate director averageRating views }
               views viewers watchMinutes watchHours averageWatchMinutes completionRate completedViews bufferingEvents
               bufferingPerView activeTitles previous { id views viewers watchHours completionRate }
               change { views viewers completionRate } }
        totals { id views viewers watchMinutes completionRate bufferingPerView }
        plan(by: [GENRE, DAY], orderBy: [{field: TIME}], measures: [VIEWS, COMPLETION_RATE]) {
            id source rejected { rollup reason } elapsedMs sql } } }""",
    """{ viewing { a: rows(by: [GENRE, DIRECTOR, RELEASE_YEAR, COUNTRY, SUBSCRIPTION, AGE_BAND, GENDER]) {
        genre director releaseYear country subscription ageBand gender views }
        b: rows(by: [HOUR_OF_DAY, DAY_OF_WEEK]) { hourOfDay dayOfWeek viewers } } }""",
    '{ viewing(where: {country: {eq: "ZZ"}}) { rows { views completionRate } totals { views completionRate } } }',
    """{ dashboard(where: {or: []}, compareTo: PREVIOUS_PERIOD) {
        users viewers views watchHours completionRate averageRating
        previous { users views completionRate averageRating } change { users views } } }""",
    "{ dailyTrends(days: 40) { ... on DailyTrend { __typename day views } viewers watchHours completionRate } }",
    "{ users(first: 100) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { ...U } } } }"
    " fragment U on User { id username email country subscription age gender views watchHours }",
    "{ movies(first: 100) { edges { node { id title genre genres duration releaseDate director views } } } }",
    "{ ratings(first: 100) { edges { node { id rating reviewText ratingDate movie { id title } } } } }",
    '{ movie(id: "nobody") { id title } user(id: "6") { id } }',
    """{ viewingPatterns(by: AGE_BAND) { __typename value dayparts { __typename night } }
        geography { __typename countries { country topMovies { __typename movie { id averageRating } reach } }
        distances { country other } travellers { home movie { title } } } }""",
    """{ a: recommendations(userId: "10") { rank a: movie { id } b: movie { title __typename } }
        similarMovies(id: "nobody") { rank movie { id } } forecast { day views } qualityAlerts { start end usual } }""",
    "{ metrics { measures { of unit } dimensions { by mask } } dimensionValues(field: DEVICE) { id value views } }",
    "{ viewer { subject role masks { type field strategy } } rankings { start rank movie { id } views } }",
]
VARIABLES = {
    "Alert": {"id": "none"},
    "Board": {"id": "none"},
    "Experiment": {"id": "1"},
    "Movie": {"id": "4"},
    "User": {"id": "10"},
    "Film": {"id": "1"},
    "Recommendations": {"userId": "10"},
    "SimilarMovies": {"id": "1"},
}
FOR_ADMINS = {"AuditLog", "DataQuality", "PipelineRuns", "ChurnRisk", "ChurnCalibration", "ModelReports", "Predictions"}
FOR_ADMINS |= {"JobResults", "Tokens", "Alerts", "Alert", "Reports", "Experiments", "Experiment", "ExperimentPower"}
FOR_ADMINS |= {"PublishedOperations"}
# Subscriptions and mutations.
NO_QUESTIONS = {"Freshness", "PipelineRun", "RunPipeline", "CancelPipeline", "SaveBoard", "DeleteBoard"}
NO_QUESTIONS |= {"SaveAlert", "DeleteAlert", "AcknowledgeAlert", "SilenceAlert"}
NO_QUESTIONS |= {"SaveReport", "DeleteReport"}
NO_QUESTIONS |= {"PublishOperation", "UnpublishOperation"}
NO_QUESTIONS |= {"CreateToken", "CreateSignInLink", "CreateEmbedToken", "RevokeToken"}


@pytest.fixture(scope="module")
def api() -> GraphQLSchema:
    """The schema as a client reads it."""
    return build_schema(sdl())


@pytest.mark.parametrize("token", [VIEWER, ANALYST, ADMIN], ids=["viewer", "analyst", "admin"])
@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_cell_has_the_type_that_the_schema_promises(
    door: Door, api: GraphQLSchema, document: str, token: str
) -> None:
    assert Fit(api, document).misfits(door.ask(document, token)) == []


@pytest.mark.parametrize("name", [name for name in published() if name not in NO_QUESTIONS])
def test_published_operations_answer_as_promised(door: Door, api: GraphQLSchema, name: str) -> None:
    document = published()[name].document
    token = ADMIN if name in FOR_ADMINS else VIEWER
    assert Fit(api, document).misfits(door.ask(document, token, **VARIABLES.get(name, {}))) == []


def test_the_check_itself_sees_misfits(api: GraphQLSchema) -> None:
    fit = Fit(api, "{ genres { genre views } movie(id: 1) { title } }")
    assert fit.misfits({"genres": [{"genre": "Drama", "views": 1}], "movie": None}) == []
    misfits: tuple[Any, ...] = (
        {"genres": None, "movie": None},
        {"genres": [None], "movie": None},
        {"genres": [{"genre": "Drama", "views": 1.0}], "movie": None},
        {"genres": [{"genre": "Drama", "views": "1"}], "movie": None},
        {"genres": [{"views": 1, "genre": "Drama"}], "movie": None},
        {"genres": [], "movie": {"title": None}},
        {"genres": []},
    )
    assert [len(fit.misfits(one)) for one in misfits] == [1] * len(misfits)


def test_selections_outside_the_schema_are_refused(door: Door) -> None:
    body = door.answer("{ genres { colour } }", VIEWER)
    assert body["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert body["errors"][0]["message"].startswith("Cannot query field 'colour'")
