"""The audit log of real processes: commands leave records, and neither a signal nor a kill loses more than it must."""

import os
import pwd
import signal
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.server.commands import Place
from warehouse import open_warehouse

pytestmark = pytest.mark.slow

WAIT_S = 20.0
OPERATOR = f"cli:{pwd.getpwuid(os.getuid()).pw_name}"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    (tmp_path / "films.csv").write_text("id,title\n1,Dusk\n2,Dawn\n", encoding="utf-8")
    loaded = place.run("ingest", "load", "movies", "films.csv")
    assert loaded.returncode == 0, loaded.stderr
    return place


def logged(place: Place) -> list[dict[str, Any]]:
    """All records, read once no process holds the folder."""
    with open_warehouse(f"chdb://{place.folder / '.marquee/warehouse'}") as warehouse:
        return warehouse.engine.query("SELECT * FROM audit_log WHERE operation != 'migrate' ORDER BY at, id").dicts()


def ask(address: str, token: str, **more: str) -> None:
    headers = {"Authorization": f"Bearer {token}", **more}
    answer = httpx.post(f"{address}/graphql", json={"query": "query Asked { viewer { role } }"}, headers=headers)
    assert answer.status_code == 200, answer.text


def test_commands_that_use_the_warehouse_leave_who_ran_them(place: Place) -> None:
    place.run("query", "Viewer", "--role", "viewer")
    place.run("query", "Users", "--first=-1")
    place.run("warehouse", "rebuild")
    assert place.run("ingest", "load", "audit_log", "films.csv").returncode == 2
    place.run("token", "issue", "--role", "admin")
    told = [
        (one["kind"], one["operation"], one["subject"], one["role"], one["rows"], one["outcome"])
        for one in logged(place)
    ]
    assert told == [
        ("LOAD", "ingest load", OPERATOR, "admin", 2, "OK"),
        # A viewer has 5 masks and 36 permissions, each a row of a list.
        ("OPERATION", "Viewer", OPERATOR, "viewer", 41, "OK"),
        ("OPERATION", "Users", OPERATOR, "analyst", 0, "BAD_INPUT"),
        ("ADMIN", "warehouse rebuild", OPERATOR, "admin", 0, "OK"),
    ]  # fmt: skip


def test_what_a_server_is_asked_is_there_after_sigterm(place: Place) -> None:
    token = place.run("token", "issue", "--role", "analyst").stdout.strip()
    with place.serving() as served:
        ask(served.address, token)
        relayed = place.run("query", "Viewer")
        assert relayed.returncode == 0, relayed.stderr
    told = [(one["operation"], one["subject"], one["address"]) for one in logged(place)]
    assert told[1:] == [("Asked", "cli", "127.0.0.1"), ("Viewer", OPERATOR, "local")]


def test_what_is_in_the_log_is_there_after_a_kill(place: Place) -> None:
    token, admin = (place.run("token", "issue", "--role", role).stdout.strip() for role in ("analyst", "admin"))
    with place.serving() as served:
        ask(served.address, token)
        written = {"operation": {"eq": "Asked"}}
        until = time.monotonic() + WAIT_S
        while not read(served.address, admin, written) and time.monotonic() < until:
            time.sleep(0.1)
        served.process.send_signal(signal.SIGKILL)
        served.process.wait(timeout=30)
    assert [one["operation"] for one in logged(place)][:2] == ["ingest load", "Asked"]


def read(address: str, token: str, where: dict[str, Any]) -> int:
    """How many records the served log has of a kind."""
    document = "query ($where: AuditFilter) { auditLog(where: $where) { totalCount } }"
    headers = {"Authorization": f"Bearer {token}"}
    body = {"query": document, "variables": {"where": where}}
    count: int = httpx.post(f"{address}/graphql", json=body, headers=headers).json()["data"]["auditLog"]["totalCount"]
    return count


@pytest.mark.parametrize(("proxies", "address"), [("", "127.0.0.1"), ("127.0.0.1", "203.0.113.7")])
def test_only_a_named_proxy_says_where_a_request_came_from(place: Place, proxies: str, address: str) -> None:
    place.settings["MARQUEE_PROXIES"] = proxies
    token = place.run("token", "issue", "--role", "analyst").stdout.strip()
    with place.serving() as served:
        ask(served.address, token, **{"X-Forwarded-For": "203.0.113.7"})
    assert logged(place)[-1]["address"] == address
