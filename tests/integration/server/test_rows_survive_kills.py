"""Exactly once over HTTP: a server that is killed under traffic, and senders who send again what got no answer."""

import json
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from schema.roles import Role
from server.identity.principal import Principal
from server.identity.secret import read_secret
from server.identity.tokens import issue
from tests.integration.server.commands import Place, Served, first_lines, free_port

ROWS, SENDERS, KILLS, SEED = 20, 4, 2, 11


@dataclass
class Sender:
    """Sends requests one after the other, each until it has an answer; `answers` are those of its requests so far."""

    number: int
    answers: list[bytes] = field(default_factory=list)

    def body(self, request: int) -> bytes:
        """Rows that no other request has, over two months; one in twenty is bad."""
        first = (self.number * 10_000 + request) * ROWS
        rows = [
            {
                "id": first + row,
                "user_id": 1,
                "movie_id": 1,
                "start_time": f"2026-{8 + (first + row) % 2:02}-{1 + row:02}T20:00:00Z",
                "watch_duration_minutes": 30 if row else -1,
            }
            for row in range(ROWS)
        ]
        return "".join(json.dumps(row) + "\n" for row in rows).encode()

    def post(self, address: str, token: str, request: int) -> httpx.Response:
        """One attempt at a request; its key is its own."""
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/x-ndjson",
            "Idempotency-Key": f"{self.number}/{request}",
        }
        body = self.body(request)
        return httpx.post(f"{address}/ingest/viewing_sessions", content=body, headers=headers, timeout=60)

    def send_until(self, ended: threading.Event, address: str, token: str) -> None:
        """Send on until the server is gone."""
        while not ended.is_set():
            try:
                response = self.post(address, token, len(self.answers))
            except httpx.TransportError:
                return
            assert response.status_code == 200, response.text
            self.answers.append(response.content)


@pytest.mark.slow
def test_what_was_acknowledged_is_there_once_and_nothing_else_is(tmp_path: Path) -> None:
    place, rng = Place(tmp_path), random.Random(SEED)
    senders = [Sender(number) for number in range(SENDERS)]
    with _killed(place) as served:
        token = _token(tmp_path, Role.INGEST)
        _fill(served.address, token)
    for _ in range(KILLS):
        with _killed(place) as served:
            _send_until_killed(senders, served, token, answers=rng.randint(1, 6), then_s=rng.uniform(0, 0.6))
    with place.serving() as served:
        for sender in senders:
            _resend(sender, served.address, token)
        sent = sum(len(sender.answers) for sender in senders)
        assert sent > SENDERS + KILLS
        assert _views(served.address, _token(tmp_path, Role.ANALYST)) == sent * (ROWS - 1)
        verified = place.run("warehouse", "verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr
        (waiting,) = json.loads(place.run("ingest", "status", "--json").stdout)["quarantine"]
        assert waiting == {"table": "viewing_sessions", "reason": "BAD_VALUE", "rows": sent}


@contextmanager
def _killed(place: Place) -> Iterator[Served]:
    """A server that has no time to end."""
    port = free_port()
    with place.start("serve", "--port", str(port)) as process:
        try:
            served = Served(process, f"http://127.0.0.1:{port}", first_lines(process, 1))
            served.wait()
            yield served
        finally:
            process.send_signal(signal.SIGKILL)


def _send_until_killed(senders: list[Sender], served: Served, token: str, answers: int, then_s: float) -> None:
    """Kill it somewhere in the load after so many answers, however fast this machine is."""
    enough = answers + sum(len(sender.answers) for sender in senders)
    ended = threading.Event()
    threads = [
        threading.Thread(target=sender.send_until, args=(ended, served.address, token), daemon=True)
        for sender in senders
    ]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 60
    while sum(len(sender.answers) for sender in senders) < enough and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(then_s)
    served.process.send_signal(signal.SIGKILL)
    ended.set()
    for thread in threads:
        thread.join(timeout=60)


def _resend(sender: Sender, address: str, token: str) -> None:
    """All that was answered is answered the same; the one without an answer gets one now."""
    for request, answer in enumerate(sender.answers):
        again = sender.post(address, token, request)
        assert again.content == answer
        assert again.headers["idempotent-replayed"] == "true"
    last = sender.post(address, token, len(sender.answers))
    assert last.json()["taken"] == ROWS - 1, last.text
    sender.answers.append(last.content)


def _fill(address: str, token: str) -> None:
    for table, row in (("movies", {"id": 1, "title": "M"}), ("users", {"id": 1, "username": "ada"})):
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
        response = httpx.post(f"{address}/ingest/{table}", content=json.dumps(row), headers=headers, timeout=60)
        assert response.status_code == 200, response.text


def _views(address: str, token: str) -> int:
    query = '{ viewing(range: {from: "2026-01-01", to: "2027-01-01"}) { totals { views } } }'
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.post(f"{address}/graphql", json={"query": query}, headers=headers, timeout=60)
    views: int = answer.json()["data"]["viewing"]["totals"]["views"]
    return views


def _token(folder: Path, role: Role) -> str:
    secret = read_secret(folder / ".marquee" / "secret")
    return issue(secret, Principal("test", role), timedelta(hours=1)).token
