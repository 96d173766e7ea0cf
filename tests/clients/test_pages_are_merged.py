"""Paging helpers of caches: pages merged in either direction are the list as it is without a cache, and lists that
differ by a filter or an order stay apart.
"""

from pathlib import Path

import pytest

from tests.clients.conftest import run
from tests.integration.resolvers.conftest import ANALYST
from tests.integration.resolvers.world import FILMS, PEOPLE, REVIEWS, SESSIONS
from tests.integration.server.sockets import Host

USER, FILM = PEOPLE[3], FILMS[0]
ROWS = {
    "movies": len(FILMS),
    "users": len(PEOPLE),
    "ratings": len(REVIEWS),
    "sessions of a user": sum(one.user == USER for one in SESSIONS),
    "ratings of a film": sum(one.film == FILM for one in REVIEWS),
}
SIZES = {"forwards": 7, "backwards": 9}
# Of one cache: films whose title begins with a D, and all of them in two orders.
TOGETHER = {
    "some movies": sum(one.title.startswith("D") for one in FILMS),
    "all movies, most viewed first": len(FILMS),
    "the same, by title": len(FILMS),
}


@pytest.mark.slow
def test_merged_pages_are_the_list_without_a_cache(packages: Path, host: Host) -> None:
    expected = {f"{name}, {way}": -(-rows // size) for name, rows in ROWS.items() for way, size in SIZES.items()}
    # None, and then 50 at a time.
    expected |= {f"{name}, from none": 1 + -(-rows // 50) for name, rows in ROWS.items()}
    expected |= {name: -(-rows // 2) for name, rows in TOGETHER.items()}
    found = run(packages, "paging.mjs", host, ANALYST, USER.id, FILM.id)
    assert [one for one in found if "found" in one] == []
    assert {(one["client"], one["name"]): one["pages"] for one in found} == {
        (client, name): pages for client in ("apollo", "graphcache") for name, pages in expected.items()
    }
