"""A server that is not there, is not ClickHouse, refuses the account, breaks off or freezes: each ends in time, with a
sentence of its own, and nothing is lost or doubled."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

import pytest

from tests.integration.warehouse.modes import HASH_KEY, ServedEngine, served_engine
from tests.integration.warehouse.story import Picture, Story, faults, look, take
from warehouse import Warehouse, open_warehouse
from warehouse.engine.limits import Limits
from warehouse.errors import MarqueeError, Unavailable

pytestmark = pytest.mark.slow

LIMITS = Limits(statement_seconds=2, load_seconds=20, wait_seconds=30, lease_seconds=20)


def opened(address: str, limits: Limits = LIMITS) -> Warehouse:
    return open_warehouse(address, limits, hash_key=lambda: HASH_KEY)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedEngine]:
    """A server with two accounts, one of which may make no database."""
    accounts = ("owner:right", "guest:right:confined")
    with served_engine(tmp_path_factory.mktemp("guarded"), accounts) as engine:
        yield engine


@pytest.mark.parametrize(
    ("account", "database", "sentence"),
    [
        ("owner:wrong", "marquee", "refuses the account of MARQUEE_WAREHOUSE. Check its user and password"),
        ("nobody:right", "marquee", "refuses the account of MARQUEE_WAREHOUSE. Check its user and password"),
        ("guest:right", "elsewhere", "lacks a right on its ClickHouse server"),
    ],
)
def test_an_account_that_is_refused_is_told_why(
    guarded: ServedEngine, account: str, database: str, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Unavailable, match=sentence):
        opened(f"clickhouse://{account}@{guarded.host}/{database}")
    assert "code 516" in caplog.text or "code 497" in caplog.text
    assert "right" not in caplog.text.replace("rights", "").replace("a right", "")


def test_an_account_without_the_right_to_make_databases_uses_one_that_is_there(guarded: ServedEngine) -> None:
    opened(f"clickhouse://owner:right@{guarded.host}/shared").close()
    with opened(f"clickhouse://guest:right@{guarded.host}/shared") as warehouse:
        assert warehouse.is_empty()


def test_dictionaries_are_made_anew_when_the_account_changes(guarded: ServedEngine) -> None:
    """They read by an account, whose password a server checks each time that they are loaded."""
    made = []
    for account in ("owner:right", "owner:right", "guest:right"):
        with opened(f"clickhouse://{account}@{guarded.host}/shared") as warehouse:
            sql = "SELECT uuid, comment FROM system.tables WHERE name = 'users_dictionary'"
            made.append(tuple(warehouse.engine.query(f"{sql} AND database = currentDatabase()").rows[0]))
    assert made[0] == made[1]
    assert made[1][0] != made[2][0]
    assert made[1][1] != made[2][1]


class _Page(BaseHTTPRequestHandler):
    """A web site."""

    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "12")
        self.end_headers()
        self.wfile.write(b"<html></html"[:12])

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_a_web_site_is_no_warehouse() -> None:
    site = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    try:
        with pytest.raises(Unavailable, match="is not a ClickHouse server"):
            opened(f"clickhouse://127.0.0.1:{site.server_address[1]}/marquee")
    finally:
        site.shutdown()
        site.server_close()


def test_a_port_where_nothing_listens_is_told() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable, match="Nothing listens at the address in MARQUEE_WAREHOUSE"):
            opened(f"clickhouse://127.0.0.1:{unused.getsockname()[1]}/marquee")


def test_a_name_without_an_address_is_told() -> None:
    with pytest.raises(Unavailable, match="The name of the host in MARQUEE_WAREHOUSE has no address"):
        opened("clickhouse://nowhere.invalid/marquee")


def test_a_frozen_server_ends_every_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("connecting.GRACE_S", "connecting.GREETING_S"):
        monkeypatch.setattr(f"warehouse.engine.{name}", 1.0)
    monkeypatch.setattr("warehouse.opening.SHORT_S", 1.0)
    with served_engine(tmp_path) as engine, opened(engine.address()) as warehouse:
        os.kill(engine.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            with pytest.raises(MarqueeError, match="does not answer"):
                warehouse.engine.query("SELECT 1")
            with pytest.raises(MarqueeError):
                take(warehouse, Story(Random(1)).films())
            assert time.monotonic() - began < 120
        finally:
            os.kill(engine.pid, signal.SIGCONT)
        # It goes on as if nothing had been.
        assert warehouse.engine.query("SELECT 1").scalar() == 1


# Where the connection breaks, and whether the statement has run by then.
BREAKS = (
    ("cut", "INSERT INTO viewing_sessions_staging"),
    ("cut_after", "INSERT INTO viewing_sessions_staging"),
    ("cut", "INSERT INTO loads"),
    ("cut_after", "INSERT INTO loads"),
    ("cut_after", "INSERT INTO viewing_sessions_incoming"),
    ("cut", "ALTER TABLE viewing_sessions ATTACH"),
    ("cut_after", "ALTER TABLE viewing_sessions ATTACH"),
    ("cut_after", "ALTER TABLE daily_analytics ATTACH"),
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServedEngine, Warehouse, Story]]:
    """A warehouse on a server of its own, where connections break."""
    with served_engine(tmp_path_factory.mktemp("breaking")) as engine, opened(engine.address()) as warehouse:
        story = Story(Random(3))
        for step in story.opening():
            take(warehouse, step)
        yield engine, warehouse, story


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("kind", "at"), BREAKS)
def test_a_load_whose_connection_breaks_is_there_once_or_not_at_all(
    served: tuple[ServedEngine, Warehouse, Story], kind: str, at: str
) -> None:
    engine, warehouse, story = served
    before = look(warehouse)
    step = story.sessions(3)
    engine.fault(kind, at)
    try:
        take(warehouse, step)
        shown: Picture = step.outcomes(before)[-1]
    except MarqueeError:
        shown = before
    found = look(warehouse)
    assert found in (shown, step.outcomes(before)[-1])
    # Sent again, as the sender does who got no answer.
    take(warehouse, step)
    assert look(warehouse) == step.outcomes(before)[-1]
    assert faults(warehouse) == []
