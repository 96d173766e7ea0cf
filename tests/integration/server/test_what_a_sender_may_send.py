"""Tokens of the role ingest may be limited to tables, columns and rows a day, and their loads have a name."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from resolvers.root import build_schema
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from server.identity.claims import claims_of, own_principal
from server.identity.principal import Principal, WriteGrant
from server.identity.token_options import parse_writes
from server.identity.tokens import issue
from server.ingesting.capacity import NoCapacity
from server.ingesting.daily_rows import DailyRows, DayUsedUp
from server.ingesting.delivery import Sender
from server.settings import Settings
from tests.integration.resolvers.conftest import SECRET, TOKENS, TTL, Door, opened_door, token_of
from tests.integration.server.test_rows_over_http import counts, lines, refusal, send, session
from warehouse import open_warehouse
from warehouse.errors import BadInput, Unauthenticated

ADA = Sender("ada", "marquee")
PARQUET = "application/vnd.apache.parquet"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A service whose warehouse has film 1, and user 1 in the US."""
    folder = tmp_path_factory.mktemp("grants") / "warehouse"
    settings = Settings(warehouse=f"chdb://{folder}")
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        service = Service(settings, warehouse, build_schema(), published(), TOKENS)
        with opened_door(service) as opened:
            token = token_of(Role.INGEST)
            assert send(opened, [{"id": 1, "title": "Metropolis"}], table="movies", token=token).status_code == 200
            people = [{"id": 1, "username": "ada", "country": "US"}]
            assert send(opened, people, table="users", token=token).status_code == 200
            yield opened


def granted(subject: str, **writes: str) -> str:
    """A token that is limited as on the command line."""
    named = {name: writes.get(name, "") for name in ("tables", "columns", "most_rows", "source")}
    return issue(SECRET, Principal(subject, Role.INGEST, writes=parse_writes(**named)), TTL).token


def country(door: Door) -> str:
    """Where user 1 lives."""
    return str(door.service.warehouse.engine.query("SELECT country FROM users WHERE username = 'ada'").scalar())


@pytest.mark.slow
def test_a_sender_of_sessions_moves_nobody_into_another_country(door: Door) -> None:
    token = granted("sessions", tables="viewing_sessions")
    assert counts(send(door, [session(1)], token=token)) == (1, 1, 0)
    for table in ("users", "movies", "ratings", "nothing"):
        answer = refusal(send(door, [{"id": 1, "country": "DE"}], table=table, token=token))
        assert answer[:2] == (403, "FORBIDDEN")
        assert answer[2] == "Your token may send rows of viewing_sessions only."
    assert country(door) == "US"


@pytest.mark.parametrize("kind", ["application/x-ndjson", "text/csv", PARQUET])
def test_a_column_that_was_not_granted_is_refused_in_any_format(door: Door, kind: str) -> None:
    token = granted("names", columns="users.username,users.age")
    assert counts(send(door, packed([{"id": 1, "username": "ada"}], kind), kind, "users", token)) == (1, 1, 0)
    moved = packed([{"id": 1, "username": "ada", "country": "DE"}], kind)
    assert refusal(send(door, moved, kind, "users", token))[0] == 403
    assert country(door) == "US"


def packed(rows: list[dict[str, Any]], kind: str) -> bytes:
    """Rows in a format."""
    if kind == PARQUET:
        file = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(rows), file)
        return file.getvalue()
    if kind == "text/csv":
        return ("\n".join([",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]) + "\n").encode()
    return lines(rows)


def test_a_column_hidden_in_a_late_row_is_refused_and_nothing_is_loaded(door: Door) -> None:
    token = granted("late", columns="users.username")
    rows = [{"id": 100 + number, "username": "x"} for number in range(3_000)] + [{"id": 1, "country": "DE"}]
    assert refusal(send(door, rows, table="users", token=token))[0] == 403
    assert country(door) == "US"
    assert door.service.warehouse.engine.query("SELECT count() FROM users").scalar() == 1


def test_attributes_beyond_the_granted_columns_are_refused(door: Door) -> None:
    token = granted("plain", columns="viewing_sessions.quality")
    assert refusal(send(door, [session(9, app="7")], token=token))[0] == 403
    assert counts(send(door, [session(9, quality="HD")], token=token)) == (1, 1, 0)


def test_rows_a_day_are_counted_over_requests_and_tokens_and_survive_a_restart(door: Door) -> None:
    token, again = (granted("few", most_rows="5/d") for _ in range(2))
    assert counts(send(door, [session(20 + number) for number in range(3)], token=token)) == (3, 3, 0)
    key = {"Idempotency_Key": "same"}
    assert counts(send(door, [session(30)], token=again, **key)) == (1, 1, 0)
    assert counts(send(door, [session(30)], token=again, **key)) == (1, 1, 0)
    response = send(door, [session(40), session(41)], token=again)
    assert refusal(response)[:2] == (429, "OVERLOADED")
    assert 0 < int(response.headers["retry-after"]) <= 86_400
    with opened_door(door.service) as restarted:
        assert refusal(send(restarted, [session(40), session(41)], token=token))[0] == 429
        assert counts(send(restarted, [session(40)], token=token)) == (1, 1, 0)
        assert refusal(send(restarted, [session(42)], token=token))[0] == 429


def test_a_source_names_its_loads(door: Door) -> None:
    send(door, [session(50)], token=granted("named", source="tv-apps"))
    files = door.service.warehouse.engine.query("SELECT files[1] FROM loads ORDER BY load_id DESC LIMIT 1").scalar()
    assert str(files).startswith("tv-apps: request ")


def test_what_other_requests_reserve_is_not_used_up_for_the_day() -> None:
    now = datetime(2026, 11, 29, 12, tzinfo=UTC)
    daily = DailyRows(lambda *_: 3, lambda: now)

    async def talk() -> None:
        assert await daily.reserve(ADA, 10, 5) == 5
        assert await daily.reserve(ADA, 10, 5) == 2
        with pytest.raises(NoCapacity) as busy:
            await daily.reserve(ADA, 10, 5)
        assert not isinstance(busy.value, DayUsedUp)
        daily.count(ADA, 5, 1)
        daily.count(ADA, 2, 0)
        assert await daily.reserve(ADA, 10, 50) == 6
        daily.count(ADA, 6, 6)
        with pytest.raises(DayUsedUp) as refused:
            await daily.reserve(ADA, 10, 1)
        assert refused.value.retry_after_s == 12 * 3_600

    anyio.run(talk)


def test_a_new_day_begins_at_midnight() -> None:
    moments = [datetime(2026, 11, 29, 23, 59, tzinfo=UTC)]
    sent = {moments[0].date(): 10}
    daily = DailyRows(lambda _, since: sent.get(since.date(), 0), lambda: moments[-1])

    async def talk() -> None:
        with pytest.raises(DayUsedUp):
            await daily.reserve(ADA, 10, 1)
        moments.append(moments[0] + timedelta(minutes=2))
        assert await daily.reserve(ADA, 10, 1) == 1

    anyio.run(talk)


def test_a_grant_travels_in_the_token_and_other_forms_are_refused() -> None:
    grant = WriteGrant(("users",), ("users.age",), 1_000_000, "crm")
    principal = Principal("ada", Role.INGEST, writes=grant)
    claims = json.loads(json.dumps(claims_of(principal)))
    assert own_principal(claims).writes == grant
    for broken in ({}, {**claims["writes"], "rows_a_day": "1"}, {**claims["writes"], "tables": "users"}, None):
        with pytest.raises(Unauthenticated):
            own_principal({**claims, "writes": broken})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tables", "nothing"),
        ("columns", "country"),
        ("columns", "users."),
        ("most_rows", "1M"),
        ("most_rows", "0/d"),
        ("most_rows", "1/h"),
        ("source", "a b"),
        ("source", "x" * 65),
    ],
)
def test_a_grant_that_is_none_is_said(name: str, text: str) -> None:
    with pytest.raises(BadInput, match="--"):
        granted("x", **{name: text})


def test_rows_a_day_are_written_short() -> None:
    read = [parse_writes("", "", text, "").rows_a_day for text in ("50000/d", "200k/d", "1M/d", "")]
    assert read == [50_000, 200_000, 1_000_000, None]
