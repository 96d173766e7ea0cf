"""The server speaks GraphQL over HTTP as the specification's own audit wants it."""

from pathlib import Path

from tests.clients.conftest import run
from tests.integration.resolvers.conftest import ANALYST
from tests.integration.server.sockets import Host


def test_every_check_of_the_audit_is_passed(packages: Path, host: Host) -> None:
    assert run(packages, "http_audit.mjs", host, ANALYST) == [{"checks": 61}]
