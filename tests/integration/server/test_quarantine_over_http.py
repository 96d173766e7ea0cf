"""The quarantine over HTTP: an admin sees the rows of a load, corrects cells, and sees what became of them."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from resolvers.root import build_schema
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from server.settings import Settings
from tests.integration.resolvers.conftest import TOKENS, Door, bearer, opened_door, token_of
from tests.integration.server.audited import logged
from warehouse import open_warehouse
from warehouse.loads import ledger

ADMIN, SENDER = token_of(Role.ADMIN), token_of(Role.INGEST)
HEADER = "id,user_id,movie_id,start_time,watch_duration_minutes,quality,app"
SESSIONS = f"""{HEADER}
1,1,1,2024-01-01T20:00:00Z,90.5,4K,v1
2,1,1,2024-01-02T20:00:00Z,long,HD,v2
3,1,9,2024-01-03T20:00:00Z,30.25,,v3
4,torn
5,1,1,2024-01-05T20:00:00Z,2000,SD,
"""
SENT = (("users", "id\n1\n"), ("movies", "id,title,duration\n1,Heat,170\n2,Up,long\n"), ("viewing_sessions", SESSIONS))


@pytest.fixture
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A service over five sessions, of which one is good, in load 3, and a film that is bad in load 2."""
    folder = tmp_path_factory.mktemp("quarantined") / "warehouse"
    settings = Settings(warehouse=f"chdb://{folder}", workspace=folder, ingest_gather_ms=0)
    with (
        open_warehouse(settings.warehouse, settings.limits, hash_key=lambda: bytes(32)) as warehouse,
        opened_door(Service(settings, warehouse, build_schema(), published(), TOKENS)) as opened,
    ):
        warehouse.audit.every_s = 0.02
        for table, text in SENT:
            headers = bearer(SENDER) | {"Content-Type": "text/csv"}
            sent = opened.request("POST", f"/ingest/{table}", content=text, headers=headers)
            assert sent.status_code == 200, sent.text
        yield opened


def repaired(door: Door, load: int, body: object, token: str | None = ADMIN) -> httpx.Response:
    """Corrected rows, sent."""
    return door.request("POST", f"/ingest/quarantine/{load}", json=body, headers=bearer(token))


def corrected(door: Door, changes: dict[int, dict[str, str]]) -> dict[str, Any]:
    """A body: the quarantined rows of load 3 with cells changed."""
    rows = door.get("/ingest/quarantine/3", ADMIN).json()["rows"]
    cells = {one["row"]: one["cells"] for one in rows}
    return {"rows": [{"row": row, "cells": {**cells[row], **change}} for row, change in changes.items()]}


def counts(door: Door, load: int) -> tuple[int, int, int, int]:
    """Rows, accepted, duplicates, quarantined."""
    entry = ledger.find(door.service.warehouse.engine, load)
    assert entry is not None
    return entry.rows, entry.accepted, entry.duplicates, entry.quarantined


def test_loads_and_their_rows_are_told_with_cells_and_reasons(door: Door) -> None:
    loads = door.get("/ingest/quarantine", ADMIN).json()["loads"]
    assert [(one["load"], one["table"], one["rows"], one["repairable"]) for one in loads] == [
        (3, "viewing_sessions", 4, True),
        (2, "movies", 1, False),
    ]
    told = door.get("/ingest/quarantine/3", ADMIN).json()
    assert [one["name"] for one in told["columns"] if one["required"]] == [
        "id", "user_id", "movie_id", "start_time", "watch_duration_minutes",
    ]  # fmt: skip
    assert [(one["row"], one["reason"], one["text"]) for one in told["rows"]] == [
        (3, "BAD_VALUE", ""),
        (4, "UNKNOWN_MOVIE", ""),
        (5, "BAD_ROW", "4,torn"),
        (6, "BAD_VALUE", ""),
    ]
    assert told["rows"][0]["explanation"] == "watch_duration_minutes is 'long', expected minutes from 0 to 1440"
    assert told["rows"][0]["cells"] == {
        "id": "2", "user_id": "1", "movie_id": "1", "start_time": "2024-01-02T20:00:00Z",
        "watch_duration_minutes": "long", "quality": "HD", "app": "v2",
    }  # fmt: skip
    later = door.get("/ingest/quarantine/3?after=4", ADMIN).json()
    assert ([one["row"] for one in later["rows"]], "more" in later) == ([5, 6], False)


def test_corrected_rows_are_stored_and_those_still_bad_stay_with_their_new_reason(door: Door) -> None:
    changes = {
        3: {"watch_duration_minutes": "45"},
        4: {"movie_id": "1"},
        5: {"id": "4", "user_id": "1", "movie_id": "1", "start_time": "2024-01-04T20:00:00Z"},
        6: {"watch_duration_minutes": "many", "quality": ""},
    }
    done = repaired(door, 3, corrected(door, changes))
    assert done.status_code == 200, done.text
    assert {name: done.json()[name] for name in ("load_id", "accepted", "duplicates")} == {
        "load_id": 4, "accepted": 2, "duplicates": 0,
    }  # fmt: skip
    assert [(one["row"], one["reason"], one["explanation"]) for one in done.json()["rejects"]] == [
        (5, "MISSING_VALUE", done.json()["rejects"][0]["explanation"]),
        (6, "BAD_VALUE", "watch_duration_minutes is 'many', expected minutes from 0 to 1440"),
    ]
    assert "watch_duration_minutes" in done.json()["rejects"][0]["explanation"]
    stored = "SELECT toUInt64(id), watch_minutes_e4, attributes['app'] FROM viewing_sessions ORDER BY 1"
    found = [tuple(row) for row in door.service.warehouse.engine.query(stored).rows]
    assert found == [(1, 905_000, "v1"), (2, 450_000, "v2"), (3, 302_500, "v3")]
    assert (counts(door, 3), counts(door, 4)) == ((5, 3, 0, 2), (2, 2, 0, 0))
    left = door.get("/ingest/quarantine/3", ADMIN).json()["rows"]
    assert [(one["row"], one["cells"]["id"]) for one in left] == [(5, "4"), (6, "5")]
    again = repaired(door, 3, {"rows": [{"row": 3, "cells": {"id": "2"}}]})
    assert (again.status_code, "no row 3 in the quarantine" in again.text) == (400, True), again.text


def test_who_corrected_what_is_in_the_audit_log(door: Door) -> None:
    assert repaired(door, 3, corrected(door, {3: {"watch_duration_minutes": "45"}})).status_code == 200
    assert repaired(door, 3, {"rows": [{"row": 6, "cells": {}}]}, token_of(Role.ANALYST)).status_code == 403
    until = time.monotonic() + 10
    while len(found := _sent(door)) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    assert [(one["subject"], one["rows"], one["outcome"]) for one in found] == [
        ("test-admin", 1, "OK"),
        ("test-analyst", 0, "FORBIDDEN"),
    ]


def _sent(door: Door) -> list[dict[str, Any]]:
    """What the audit log has of corrected rows."""
    return [one for one in logged(door.service.warehouse) if one["operation"] == "POST /ingest/quarantine/3"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST, Role.INGEST])
def test_only_admins_without_a_row_scope_see_or_correct_rows(door: Door, role: Role) -> None:
    scoped = token_of(Role.ADMIN, {"country": ("DE",)})
    for token, status in ((scoped, 403), (token_of(role), 403), (None, 401)):
        assert door.get("/ingest/quarantine", token).status_code == status
        assert door.get("/ingest/quarantine/3", token).status_code == status
        assert repaired(door, 3, {"rows": [{"row": 3, "cells": {}}]}, token).status_code == status
    assert counts(door, 3) == (5, 1, 0, 4)


@pytest.mark.parametrize(
    ("load", "body", "sentence"),
    [
        (3, [], "not a list of corrected rows"),
        (3, {"rows": []}, "0 rows are sent"),
        (3, {"rows": [{"row": 0, "cells": {}}]}, "not a list of corrected rows"),
        (3, {"rows": [{"row": True, "cells": {}}]}, "not a list of corrected rows"),
        (3, {"rows": [{"row": 3, "cells": {"id": 2}}]}, "not a list of corrected rows"),
        (3, {"rows": [{"row": 3, "cells": {}}, {"row": 3, "cells": {}}]}, "A row comes twice"),
        (3, {"rows": [{"row": row, "cells": {}} for row in range(1, 102)]}, "101 rows are sent"),
        (3, {"rows": [{"row": 2, "cells": {"id": "1"}}]}, "no row 2 in the quarantine"),
        (9, {"rows": [{"row": 2, "cells": {"id": "1"}}]}, "There is no load 9"),
        (2**40, {"rows": [{"row": 2, "cells": {"id": "1"}}]}, "There is no load"),
        (2, {"rows": [{"row": 3, "cells": {"duration": "96"}}]}, "load the corrected file"),
    ],
)
def test_what_can_not_be_a_repair_changes_nothing(door: Door, load: int, body: object, sentence: str) -> None:
    refused = repaired(door, load, body)
    assert (refused.status_code, sentence in refused.text) == (400, True), refused.text
    assert (counts(door, 2)[3], counts(door, 3)) == (1, (5, 1, 0, 4))


@pytest.mark.parametrize("path", ["/ingest/quarantine/9", "/ingest/quarantine/3?after=x", "/ingest/quarantine/3?x=1"])
def test_what_is_not_there_is_a_bad_request(door: Door, path: str) -> None:
    assert door.get(path, ADMIN).status_code == 400
