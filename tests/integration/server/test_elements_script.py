"""`/elements.js`: small, alone, for pages of every site, and asked for again instead of kept for ever."""

import pytest

from server.client_files import PAGES
from tests.integration.resolvers.conftest import Door

MOST_BYTES = 15_000


@pytest.fixture(scope="module")
def script() -> str:
    """The script as it was built."""
    return (PAGES / "elements.js").read_text(encoding="utf-8")


def test_it_is_small_and_stands_alone(script: str) -> None:
    """A function around it keeps its names to itself, so that it loads as a module and as a plain script."""
    assert len(script.encode()) <= MOST_BYTES
    assert script.startswith("(() => {")
    for sign in ("import(", "import{", "import ", "export{", "export ", "eval(", "https:", "http:"):
        assert sign not in script.replace("https://analytics.example.com", ""), sign


def test_pages_of_every_site_may_load_it(door: Door, script: str) -> None:
    response = door.request("GET", "/elements.js", headers={"Origin": "https://films.example"})
    assert response.status_code == 200
    assert response.text == script
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize("encoding", ["identity", "br"])
def test_who_has_it_is_sent_nothing(door: Door, encoding: str) -> None:
    accepts = {"Accept-Encoding": encoding}
    first = door.request("GET", "/elements.js", headers=accepts)
    assert first.headers["cache-control"] == "public, max-age=300"
    again = door.request("GET", "/elements.js", headers={**accepts, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["access-control-allow-origin"] == "*"
