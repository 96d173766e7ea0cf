"""Live traffic: the same films and people each time, sessions that end now, each piece sent until answered."""

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime

import httpx
import pytest

from ingest.live_traffic.generate_live import parse_rate, parse_time
from ingest.live_traffic.sending import Refused, Sender, Sent
from ingest.live_traffic.traffic import Traffic
from warehouse.errors import BadInput

# A Friday evening in Europe.
NOW = datetime(2026, 11, 20, 20, 30, tzinfo=UTC).timestamp()


@pytest.fixture(scope="module")
def traffic() -> Traffic:
    return Traffic.of(7, clock=lambda: NOW)


def rows(body: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in body.splitlines()]


def test_the_catalogue_is_the_same_each_time_and_nobody_else_s(traffic: Traffic) -> None:
    again = dict(Traffic.of(7, clock=lambda: NOW + 86_400).catalogue())
    assert dict(traffic.catalogue()) == again
    assert [len(rows(again[table])) for table in ("movies", "users")] == [200, 5_000]
    ids = {str(row["id"]) for body in again.values() for row in rows(body)}
    assert len(ids) == 5_200
    assert all(len(one) == 36 for one in ids)


def test_sessions_end_now_and_are_of_the_catalogue(traffic: Traffic) -> None:
    sent = [row for number in range(5) for row in rows(traffic.sessions(number, 100))]
    assert len({row["id"] for row in sent}) == 500
    known = {str(row["id"]) for _, body in traffic.catalogue() for row in rows(body)}
    assert {row["user_id"] for row in sent} | {row["movie_id"] for row in sent} <= known
    ends = [float(str(row["start_time"])) + 60 * float(str(row["watch_duration_minutes"])) for row in sent]
    assert all(NOW - 3 < end < NOW for end in ends)
    assert len(Counter(row["device_type"] for row in sent)) == 5


def test_those_of_the_demo_are_of_its_films_and_people() -> None:
    sent = rows(Traffic.of_demo(42, clock=lambda: NOW).sessions(0, 500))
    assert {type(row[name]) for row in sent for name in ("user_id", "movie_id")} == {int}
    assert {row["user_id"] for row in sent} <= set(range(1, 5_001))
    assert {row["movie_id"] for row in sent} <= set(range(1, 201))


def test_two_runs_never_share_a_session(traffic: Traffic) -> None:
    other = Traffic.of(7, clock=lambda: NOW)
    assert not {row["id"] for row in rows(traffic.sessions(0, 50))} & {row["id"] for row in rows(other.sessions(0, 50))}


def answered(*statuses: int) -> tuple[httpx.MockTransport, list[str]]:
    """A server that answers in turn, the last for good, and the keys that it saw."""
    left, keys = list(statuses), list[str]()

    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["idempotency-key"])
        status = left.pop(0) if len(left) > 1 else left[0]
        counts = {"rows": 2, "taken": 2, "malformed": 0}
        body = counts if status == 200 else {"errors": [{"message": "no"}]}
        return httpx.Response(status, json=body, headers={"Retry-After": "0"})

    return httpx.MockTransport(answer), keys


def run(transport: httpx.MockTransport, seconds: float = 0.05) -> Sent:
    async def sending() -> Sent:
        async with httpx.AsyncClient(transport=transport, base_url="http://marquee.test") as client:
            sender = Sender(client, asyncio.Event())
            asyncio.get_running_loop().call_later(seconds, sender.ending.set)
            await sender.send(rows_per_s=20, rows=2, body=lambda number: b"%d" % number)
            return sender.sent

    return asyncio.run(sending())


def test_a_busy_server_is_sent_the_same_key_again() -> None:
    transport, keys = answered(429, 503, 200)
    sent = run(transport)
    assert (sent.requests, sent.rows, sent.repeats) == (1, 2, 2)
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_a_refusal_ends_the_sending() -> None:
    transport, keys = answered(403)
    with pytest.raises(Refused, match="no"):
        run(transport)
    assert len(keys) == 1


def test_a_rate_is_kept_and_each_piece_has_a_key_of_its_own() -> None:
    transport, keys = answered(200)
    sent = run(transport, seconds=0.45)
    assert 4 <= sent.requests <= 6
    assert len(set(keys)) == sent.requests


@pytest.mark.parametrize("text", ["", "0/s", "-5", "5/m", "fast"])
def test_a_rate_that_is_none_is_said(text: str) -> None:
    with pytest.raises(BadInput, match="500/s"):
        parse_rate(text)


def test_rates_and_times_are_read() -> None:
    assert (parse_rate("500/s"), parse_rate("20")) == (500, 20)
    assert (parse_time(None), parse_time("60s"), parse_time("2m"), parse_time("1h")) == (None, 60, 120, 3_600)
    with pytest.raises(BadInput, match="--for"):
        parse_time("soon")
