"""`/readyz` says in time whether requests can be answered, and why not."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from resolvers.root import build_schema
from server.answering.published_operations import published
from server.answering.service import Service
from server.identity.secret_ring import SecretRing
from server.identity.tokens import Tokens
from server.settings import Settings
from tests.integration.new_warehouse import lay
from tests.integration.resolvers.conftest import opened_door
from warehouse import Warehouse, open_warehouse
from warehouse.engine.probe import Probe


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    with open_warehouse(lay(tmp_path / "warehouse")) as opened:
        yield opened


def service_of(warehouse: Warehouse, secret: Path) -> Service:
    return Service(Settings(), warehouse, build_schema(), published(), Tokens(SecretRing(secret)))


def test_a_secret_that_others_can_read_keeps_a_server_from_being_ready(warehouse: Warehouse, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    with opened_door(service_of(warehouse, secret)) as door:
        assert door.get("/readyz").json() == {"status": "ready"}
        secret.chmod(0o644)
        refused = door.get("/readyz")
        assert refused.status_code == 503
        assert refused.json()["reason"] == (
            "The secret (MARQUEE_SECRET_FILE) can't be used. The server's log says why."
        )
        secret.chmod(0o600)
        assert door.get("/readyz").status_code == 200


def test_a_warehouse_that_does_not_answer_is_told_in_time(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()
    monkeypatch.setattr(Probe, "check", lambda _: answers.wait(60))
    monkeypatch.setattr("server.http.health.ANSWER_S", 0.2)
    with opened_door(service_of(warehouse, tmp_path / "secret")) as door:
        for _ in range(3):
            refused = door.get("/readyz")
            assert refused.status_code == 503
            assert "does not answer" in refused.json()["reason"]
        answers.set()
        while door.get("/readyz").status_code == 503:
            time.sleep(0.01)
