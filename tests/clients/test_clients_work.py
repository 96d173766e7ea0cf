"""Clients as their documentation says to use them: queries, events, and codes of refusals."""

from pathlib import Path

from tests.clients.conftest import run
from tests.integration.resolvers.conftest import VIEWER
from tests.integration.server.sockets import Host


def test_queries_events_and_codes(packages: Path, host: Host) -> None:
    assert run(packages, "clients.mjs", host, VIEWER) == [
        {
            "urql": {"viewer": {"role": "VIEWER"}},
            "graphqlRequest": {"viewer": {"role": "VIEWER"}},
            "graphqlWs": ["dataThrough"],
            "graphqlSse": ["dataThrough"],
            "graphqlSseShared": [["dataThrough"], {"viewer": {"role": "VIEWER"}}, {"viewer": {"role": "VIEWER"}}],
            "apolloCode": "UNAUTHENTICATED",
        }
    ]
