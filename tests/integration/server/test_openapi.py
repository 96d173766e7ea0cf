"""`/openapi.json`: valid, and true of every published operation."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from server.client_files import OPERATIONS
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door

# Mutations and subscriptions.
CHANGING = {"CancelPipeline", "Freshness", "PipelineRun", "RunPipeline", "SaveBoard", "DeleteBoard"}
CHANGING |= {"SaveAlert", "DeleteAlert", "AcknowledgeAlert", "SilenceAlert"}
CHANGING |= {"SaveReport", "DeleteReport"}
CHANGING |= {"PublishOperation", "UnpublishOperation"}
CHANGING |= {"CreateToken", "CreateSignInLink", "CreateEmbedToken", "RevokeToken"}
# What an operation needs to run.
NEEDED = {
    "Film": {"id": "1"},
    "Alert": {"id": "none"},
    "Board": {"id": "none"},
    "Experiment": {"id": "none"},
    "Movie": {"id": "1"},
    "User": {"id": "1"},
    "FilmTitles": {"ids": '["1"]'},
    "SimilarMovies": {"id": "1"},
    "Recommendations": {"userId": "1"},
    "FilterValues": {},
}


@pytest.fixture(scope="module")
def described(door: Door) -> dict[str, Any]:
    response = door.get("/openapi.json", ANALYST)
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


@pytest.mark.slow
def test_it_is_valid_openapi(described: dict[str, Any]) -> None:
    validate(described)
    assert described["openapi"] == "3.1.0"
    assert described["servers"] == [{"url": "/"}]


def test_it_has_each_query_and_no_mutation(described: dict[str, Any]) -> None:
    published = {path.stem for path in OPERATIONS.glob("*.graphql")} - CHANGING
    assert set(described["paths"]) == {f"/api/{name}" for name in published | {"viewing", "rating"}}


def test_roles_that_may_not_read_the_schema_may_not_read_it(door: Door) -> None:
    assert door.get("/openapi.json", VIEWER).status_code == 403
    assert door.get("/openapi.json").status_code == 401


def parameters_of(path: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in path["get"]["parameters"]}


@pytest.mark.parametrize("name", sorted({path.stem for path in OPERATIONS.glob("*.graphql")} - CHANGING))
def test_every_answer_is_as_it_says(door: Door, described: dict[str, Any], name: str) -> None:
    path = described["paths"][f"/api/{name}"]
    required = {one for one, parameter in parameters_of(path).items() if parameter.get("required")}
    given = {one: value for one, value in NEEDED.get(name, {}).items() if one in parameters_of(path)}
    assert required <= set(given), f"{name} needs {required}"
    response = door.get(f"/api/{name}", ADMIN, params=given)
    assert response.status_code == 200, response.text
    told = path["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    Draft202012Validator({**told, "components": described["components"]}).validate(response.json())


def test_a_refusal_is_as_it_says(door: Door, described: dict[str, Any]) -> None:
    told = {"$ref": "#/components/schemas/Errors", "components": described["components"]}
    for response in (
        door.get("/api/TopMovies", VIEWER, params={"limit": "many"}),
        door.get("/api/TopMovies"),
        door.get("/api/viewing", VIEWER),
    ):
        assert response.status_code >= 400
        Draft202012Validator(told).validate(response.json())


def test_parameters_have_their_types_and_defaults(described: dict[str, Any]) -> None:
    found = parameters_of(described["paths"]["/api/TopMovies"])
    assert found["limit"]["schema"] == {"type": "integer", "default": 10}
    assert not found["limit"]["required"]
    assert found["range"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/TimeRange"}
    assert found["format"]["schema"]["enum"] == ["json", "csv", "ndjson", "parquet", "arrow", "xlsx"]
    assert parameters_of(described["paths"]["/api/viewing"])["measures"]["required"]
    assert described["paths"]["/api/TopMovies"]["get"]["summary"] == "The most watched films of a range."
