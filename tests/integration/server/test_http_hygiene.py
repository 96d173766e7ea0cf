"""What every response carries, who may call from elsewhere, and that errors have one shape whatever is asked."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from server.answering.service import Service
from tests.integration.resolvers.conftest import ANALYST, VIEWER, Door, bearer, opened_door

OURS, FOREIGN = "https://app.example", "https://evil.example"
PATHS = ("/", "/playground", "/graphql", "/api/Genres", "/api/Nothing", "/nothing", "/healthz", "/schema.graphql")


@pytest.fixture(scope="module")
def friendly(service: Service) -> Iterator[Door]:
    """A server that one other site may call, behind a proxy with TLS."""
    settings = service.settings.model_copy(update={"origins": (OURS,), "public_url": "https://films.example"})
    with opened_door(replace(service, settings=settings)) as door:
        yield door


@pytest.mark.parametrize("path", PATHS)
def test_every_response_is_unsniffed_unframed_and_refers_to_nothing(door: Door, path: str) -> None:
    headers = door.get(path, VIEWER).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "server" not in headers


def test_an_answer_opened_as_a_page_runs_nothing(door: Door) -> None:
    response = door.get("/api/Genres", VIEWER)
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert response.headers["cache-control"] == "no-store"


def test_no_policy_lets_inline_scripts_run(door: Door) -> None:
    for path in PATHS:
        policy = door.get(path, VIEWER).headers["content-security-policy"]
        scripts = next((one for one in policy.split("; ") if one.startswith("script-src")), "script-src 'none'")
        assert "unsafe" not in scripts, path


def test_only_tls_is_told_to_stay_tls(door: Door, friendly: Door) -> None:
    assert "strict-transport-security" not in door.get("/healthz").headers
    assert "max-age" in friendly.get("/healthz").headers["strict-transport-security"]


def test_no_other_site_may_call_by_default(door: Door) -> None:
    asks = {"Origin": OURS, "Access-Control-Request-Method": "POST"}
    preflight = door.request("OPTIONS", "/graphql", headers=asks)
    assert preflight.status_code == 405
    answer = door.request("GET", "/api/Genres", headers={**bearer(VIEWER), "Origin": OURS})
    for response in (preflight, answer):
        assert not any(name.startswith("access-control") for name in response.headers)


@pytest.mark.parametrize(("origin", "may"), [(OURS, True), (FOREIGN, False), ("null", False), (f"{OURS}.evil", False)])
def test_a_named_site_may_call_and_no_other(friendly: Door, origin: str, may: bool) -> None:
    asks = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        # Clients and their tracing send headers of their own.
        "Access-Control-Request-Headers": "authorization,content-type,traceparent,apollographql-client-name",
    }
    preflight = friendly.request("OPTIONS", "/graphql", headers=asks)
    answer = friendly.request("GET", "/api/Genres", headers={**bearer(VIEWER), "Origin": origin})
    assert (preflight.status_code == 200) is may
    for response in (preflight, answer):
        assert response.headers.get("access-control-allow-origin") == (origin if may else None)
        assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/assets/nothing.js", 404),
        ("PATCH", "/graphql", 405),
        ("PUT", "/api/Genres", 405),
        ("POST", "/api/Genres", 405),
    ],
)
def test_what_is_not_there_has_the_shape_of_all_errors(door: Door, method: str, path: str, status: int) -> None:
    response = door.request(method, path, headers=bearer(ANALYST))
    assert response.status_code == status
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert path in error["message"]
    assert ("allow" in response.headers) is (status == 405)
