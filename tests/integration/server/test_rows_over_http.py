"""Rows over HTTP: the contract of files, counts for each request, and one answer for one key."""

import gzip
import io
import json
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from resolvers.root import build_schema
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from server.ingesting import intake, writer
from server.settings import Settings
from tests.integration.resolvers.conftest import TOKENS, Door, opened_door, token_of
from warehouse import open_warehouse
from warehouse.ids import parse

pytestmark = pytest.mark.slow

SENDER, OTHER, ADMIN = token_of(Role.INGEST), token_of(Role.INGEST, subject="another"), token_of(Role.ADMIN)
NDJSON = "application/x-ndjson"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A service whose warehouse has film 1 and user 1."""
    folder = tmp_path_factory.mktemp("rows") / "warehouse"
    settings = Settings(
        warehouse=f"chdb://{folder}", ingest_body_bytes=200_000, ingest_waiting_bytes=400_000, workspace=folder
    )
    with open_warehouse(settings.warehouse, settings.limits, hash_key=lambda: bytes(32)) as warehouse:
        service = Service(settings, warehouse, build_schema(), published(), TOKENS)
        with opened_door(service) as opened:
            assert send(opened, [{"id": 1, "title": "Metropolis"}], table="movies").status_code == 200
            assert send(opened, [{"id": 1, "username": "ada"}], table="users").status_code == 200
            yield opened


def session(number: int, **changed: Any) -> dict[str, Any]:
    """A row of viewing_sessions."""
    row = {"id": number, "user_id": 1, "movie_id": 1, "start_time": "2026-10-01T17:30:00Z"}
    return {**row, "watch_duration_minutes": 90, **changed}


def lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def send(
    door: Door,
    rows: list[dict[str, Any]] | bytes,
    kind: str = NDJSON,
    table: str = "viewing_sessions",
    token: str | None = SENDER,
    **headers: str,
) -> httpx.Response:
    """One request."""
    given = {"Content-Type": kind, **({"Authorization": f"Bearer {token}"} if token else {})}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = rows if isinstance(rows, bytes) else lines(rows)
    return door.request("POST", f"/ingest/{table}", content=body, headers=given | named)


def packed_arrow() -> bytes:
    """A batch of sessions that is small as it is sent, and too large as it is read."""
    names = ("id", "user_id", "movie_id", "start_time", "watch_duration_minutes")
    batch = pa.record_batch({name: pa.array([1] * 40_000, pa.int64()) for name in names})
    packed = io.BytesIO()
    with pa.ipc.new_stream(packed, batch.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_batch(batch)
    return packed.getvalue()


def stored(door: Door, *numbers: int) -> int:
    """How many of the sessions are there."""
    ids = ", ".join(f"toUInt128('{parse(str(number))}')" for number in numbers)
    found = door.service.warehouse.engine.query(f"SELECT count() FROM viewing_sessions WHERE id IN ({ids})")
    return int(found.scalar())


def counts(response: httpx.Response) -> tuple[int, int, int]:
    """How many rows came, were taken, and were malformed."""
    assert response.status_code == 200, response.text
    body = response.json()
    return body["rows"], body["taken"], body["malformed"]


def kept_aside(door: Door, response: httpx.Response) -> dict[str, int]:
    """What an admin is told of the rows of a request that were not stored, by reason."""
    found = door.get(f"/ingest/rejects/{response.json()['request']}", ADMIN).json()["rejects"]
    return dict(Counter(one["reason"] for one in found))


def refusal(response: httpx.Response) -> tuple[int, str, str]:
    """Status, code and sentence of a refusal; its shape is that of all errors."""
    (error,) = response.json()["errors"]
    return response.status_code, error["extensions"]["code"], error["message"]


def test_the_answer_counts_what_can_be_seen_in_the_body_and_an_admin_sees_the_rest(door: Door) -> None:
    rows = [
        session(101, app="7"),
        session(101, app="7"),
        session(101, watch_duration_minutes=1),
        session(102, movie_id=9),
    ]
    response = send(door, [*rows, session(103, completion_rate=2)])
    assert counts(response) == (5, 4, 1)
    body = response.json()
    assert body["reasons"] == {"BAD_VALUE": 1}
    assert kept_aside(door, response) == {"BAD_VALUE": 1, "CONFLICT": 1, "UNKNOWN_MOVIE": 1}
    assert body["extra_columns"] == ["app"]
    assert stored(door, 101, 102, 103) == 1


def test_all_formats_and_encodings_give_the_same_rows(door: Door) -> None:
    rows = [session(200 + number) for number in range(3)]
    table = pa.Table.from_pylist(rows)
    parquet, stream = io.BytesIO(), io.BytesIO()
    pq.write_table(table, parquet)
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    csv = ",".join(rows[0]) + "\n" + "".join(",".join(map(str, row.values())) + "\n" for row in rows)
    assert counts(send(door, csv.encode(), "text/csv; charset=utf-8")) == (3, 3, 0)
    for body, kind in (
        (lines(rows), NDJSON),
        (parquet.getvalue(), "application/vnd.apache.parquet"),
        (stream.getvalue(), "application/vnd.apache.arrow.stream"),
    ):
        assert counts(send(door, body, kind)) == (3, 3, 0)
        assert counts(send(door, gzip.compress(body), kind, Content_Encoding="gzip")) == (3, 3, 0)
        packed = bytes(pa.compress(body, "zstd", asbytes=True))
        assert counts(send(door, packed, kind, Content_Encoding="zstd")) == (3, 3, 0)


def test_only_the_role_ingest_without_a_scope_sends_rows(door: Door) -> None:
    assert refusal(send(door, [session(1)], token=None))[:2] == (401, "UNAUTHENTICATED")
    for role in (Role.VIEWER, Role.ANALYST, Role.ADMIN):
        assert refusal(send(door, [session(1)], token=token_of(role)))[:2] == (403, "FORBIDDEN")
        assert refusal(send(door, [session(1)], table="nothing", token=token_of(role)))[:2] == (403, "FORBIDDEN")
    scoped = token_of(Role.INGEST, {"country": ("US",)})
    assert "row scope" in refusal(send(door, [session(1)], token=scoped))[2]
    assert refusal(send(door, [session(1)], table="nothing"))[:2] == (400, "BAD_INPUT")


def test_a_key_sent_again_is_answered_and_not_loaded_again(door: Door) -> None:
    first = send(door, [session(301)], Idempotency_Key="night-7")
    again = send(door, gzip.compress(lines([session(301)])), Content_Encoding="gzip", Idempotency_Key="night-7")
    assert counts(first) == (1, 1, 0)
    assert again.content == first.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    other = send(door, [session(302)], Idempotency_Key="night-7")
    assert refusal(other)[:2] == (409, "BAD_INPUT")
    assert stored(door, 301, 302) == 1
    assert counts(send(door, [session(302)], Idempotency_Key="night-7", token=OTHER)) == (1, 1, 0)


def test_a_refused_body_leaves_its_key_free(door: Door) -> None:
    assert refusal(send(door, b"{", Idempotency_Key="torn"))[0] == 422
    assert counts(send(door, [session(310)], Idempotency_Key="torn")) == (1, 1, 0)


def test_equal_keys_at_once_load_once(door: Door) -> None:
    ready = threading.Barrier(6)

    def one(_: int) -> httpx.Response:
        ready.wait()
        return send(door, [session(320), session(321)], Idempotency_Key="at-once")

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(one, range(6)))
    assert {answer.content for answer in answers} == {answers[0].content}
    assert counts(answers[0]) == (2, 2, 0)
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 5


def test_requests_at_once_share_loads_and_keep_their_own_counts(door: Door) -> None:
    bodies = [[session(400 + 10 * number + row) for row in range(number + 1)] for number in range(8)]
    bodies[3].append(session(400))  # known from the first request, or before it
    bodies[4].append(session(499, user_id="nobody"))
    bodies[5].append(session(498, user_id=77))
    ready = threading.Barrier(9)

    def one(rows: list[dict[str, Any]] | bytes) -> httpx.Response:
        ready.wait()
        return send(door, rows)

    with ThreadPoolExecutor(9) as threads:
        *answers, torn = threads.map(one, [*bodies, b"no rows"])
    assert refusal(torn)[0] == 422
    assert [sum(counts(answer)[1:]) for answer in answers] == [counts(answer)[0] for answer in answers]
    assert [counts(answer)[0] for answer in answers] == [1, 2, 3, 5, 6, 7, 7, 8]
    assert [kept_aside(door, answer) for answer in answers[4:6]] == [{"BAD_VALUE": 1}, {"UNKNOWN_USER": 1}]
    assert not any(kept_aside(door, answer) for answer in (*answers[:4], *answers[6:]))
    loads = "SELECT uniqExact(load_id) FROM ingest_requests WHERE id IN {ids:Array(String)}"
    ids = {"ids": [answer.json()["request"] for answer in answers]}
    assert door.service.warehouse.engine.query(loads, ids).scalar() < 8
    assert stored(door, *range(400, 500)) == 36


def test_who_sent_a_row_is_told_which_one_and_why_and_an_admin_sees_it(door: Door) -> None:
    body = [session(501), session(502, watch_duration_minutes=-1), session(503, movie_id=8)]
    link = send(door, body).json()["rejects"]
    assert door.get(link, SENDER).json() == {
        "rejects": [{"row": 2, "reason": "BAD_VALUE", "column": "watch_duration_minutes"}]
    }
    assert [one["reason"] for one in door.get(link, ADMIN).json()["rejects"]] == ["BAD_VALUE", "UNKNOWN_MOVIE"]
    assert '"502"' in door.get(link, ADMIN).json()["rejects"][0]["original"]
    assert "is -1, expected" in door.get(link, ADMIN).json()["rejects"][0]["explanation"]
    assert refusal(door.get(link, OTHER))[0] == 404
    for token in (token_of(Role.VIEWER), token_of(Role.ANALYST), token_of(Role.ADMIN, {"country": ("US",)})):
        assert refusal(door.get(link, token))[0] == 403


@pytest.mark.parametrize(
    ("body", "kind", "headers", "status"),
    [
        (b"", NDJSON, {}, 422),
        (b"", "text/csv", {}, 422),
        (b"id,user_id\n1,1\n", "text/csv", {}, 422),
        (b"[1]", NDJSON, {}, 422),
        (b"PAR1 and no more", "application/vnd.apache.parquet", {}, 422),
        (b"\xff\xff\xff\xff\x10\0\0\0", "application/vnd.apache.arrow.stream", {}, 422),
        (lines([session(601)]), "application/json", {}, 415),
        (lines([session(601)]), "", {}, 415),
        (lines([session(601)]), NDJSON, {"Content_Encoding": "br"}, 415),
        (lines([session(601)]), NDJSON, {"Content_Encoding": "gzip"}, 400),
        (gzip.compress(lines([session(601)]))[:-12], NDJSON, {"Content_Encoding": "gzip"}, 400),
        (gzip.compress(lines([session(601)])), NDJSON, {}, 422),
        (gzip.compress(b"\n" * 50_000_000), NDJSON, {"Content_Encoding": "gzip"}, 413),
        (packed_arrow(), "application/vnd.apache.arrow.stream", {}, 413),
        (b"\n" * 200_001, NDJSON, {}, 413),
        (lines([session(601)]), NDJSON, {"Idempotency_Key": "x" * 256}, 400),
    ],
    ids=[
        *(
            "nothing",
            "no header",
            "no required column",
            "an array",
            "cut Parquet",
            "cut Arrow",
            "another type",
            "no type",
        ),
        *("another encoding", "not gzip", "cut gzip", "gzip unannounced", "bomb", "Arrow bomb", "huge", "endless key"),
    ],
)
def test_a_body_that_can_not_be_is_refused_and_nothing_of_it_is_loaded(
    door: Door, body: bytes, kind: str, headers: dict[str, str], status: int
) -> None:
    loads = door.service.warehouse.engine.query("SELECT count() FROM loads WHERE state = 'done'").scalar()
    assert refusal(send(door, body, kind, **headers))[0] == status
    assert stored(door, 601) == 0
    assert door.service.warehouse.engine.query("SELECT count() FROM loads WHERE state = 'done'").scalar() == loads


def test_a_body_of_malformed_rows_is_refused(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MOST_MALFORMED", 10_000)
    # Larger bodies than a mebibyte are not held.
    monkeypatch.setattr(intake, "HELD_BYTES", 20_000)
    status, _, message = refusal(send(door, lines([session(602)]) + b"1\n" * 10_001))
    assert status == 422
    assert "it has more than 10,000 malformed rows, such as line " in message
    assert stored(door, 602) == 0
    assert door.service.warehouse.engine.query("SELECT count() FROM rejected_rows WHERE row > 9000").scalar() == 0


def test_a_text_with_a_nul_is_kept_aside_and_its_neighbours_load(door: Door) -> None:
    assert counts(send(door, [session(610), session(611, quality="H\0D")])) == (2, 1, 1)


def test_what_does_not_fit_is_told_when_to_come_again(door: Door) -> None:
    body = lines([session(620)]) + b"\n" * 199_000

    def one(_: int) -> httpx.Response:
        return send(door, body)

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(one, range(6)))
    turned_away = [answer for answer in answers if answer.status_code == 429]
    assert turned_away
    assert all(answer.headers["retry-after"] == "1" for answer in turned_away)
    assert {answer.status_code for answer in answers} == {200, 429}
    assert counts(send(door, [session(620)])) == (1, 1, 0)


def test_a_forgotten_person_stays_out(door: Door) -> None:
    send(door, [{"id": 66, "username": "gone"}], table="users")
    door.service.warehouse.forget(parse("66") or 0, by="test")
    answer = send(door, [session(630, user_id=66), session(631)])
    assert counts(answer) == (2, 2, 0)
    link = f"/ingest/rejects/{answer.json()['request']}"
    (told,) = door.get(link, ADMIN).json()["rejects"]
    assert (told["reason"], told["original"]) == ("FORGOTTEN", "")


def told(response: httpx.Response) -> dict[str, Any]:
    """An answer without what differs between any two requests."""
    body: dict[str, Any] = response.json()
    assert response.status_code == 200, response.text
    return {name: value for name, value in body.items() if name not in {"request", "rejects"}}


def test_a_sender_does_not_learn_what_is_stored(door: Door) -> None:
    """Rows that are new, known, contrary to known ones, or name anybody or nobody get one answer: whose session or
    review it was can't be found out by trying users, nor who exists or was forgotten.
    """
    send(door, [{"id": 2, "username": "bob"}], table="users")
    send(door, [{"id": 67, "username": "gone"}], table="users")
    door.service.warehouse.forget(parse("67") or 0, by="test")
    send(door, [session(640)])
    tried = [[session(640, user_id=user)] for user in (1, 2, 67, 999)] + [[session(640, movie_id=8)], [session(641)]]
    answers = [told(send(door, rows, token=OTHER)) for rows in tried]
    assert answers == [answers[0]] * len(tried)
    malformed = [[session(642, user_id=user, completion_rate=9)] for user in (1, 67, 999)]
    responses = [send(door, rows, token=OTHER) for rows in malformed]
    assert [told(one) for one in responses] == [told(responses[0])] * 3
    rejected = [door.get(one.json()["rejects"], OTHER).json() for one in responses]
    assert rejected == [{"rejects": [{"row": 1, "reason": "BAD_VALUE", "column": "completion_rate"}]}] * 3
    people = [[{"id": user, "username": "bob", "country": "DE"}] for user in (2, 3, 67)]
    answers = [told(send(door, rows, table="users", token=OTHER)) for rows in people]
    assert answers == [answers[0]] * 3


def test_no_body_is_left_behind(door: Door) -> None:
    inbox = Path(door.service.settings.warehouse.removeprefix("chdb://")).with_name("warehouse.inbox")
    assert list(inbox.iterdir()) == []
    assert inbox.stat().st_mode & 0o777 == 0o700
