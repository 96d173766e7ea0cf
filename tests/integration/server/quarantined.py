"""A service with rows in its quarantine, and what tests send to correct them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from resolvers.root import build_schema
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from server.settings import Settings
from tests.integration.ingest.quarantined_sessions import SESSIONS
from tests.integration.resolvers.conftest import TOKENS, Door, bearer, opened_door, token_of
from warehouse import open_warehouse
from warehouse.loads import ledger

ADMIN, SENDER = token_of(Role.ADMIN), token_of(Role.INGEST)
SENT = (("users", "id\n1\n"), ("movies", "id,title,duration\n1,Heat,170\n2,Up,long\n"), ("viewing_sessions", SESSIONS))


@contextmanager
def opened(folder: Path) -> Iterator[Door]:
    """A service over five sessions, of which one is good, in load 3, and a film that is bad in load 2."""
    settings = Settings(warehouse=f"chdb://{folder}", workspace=folder, ingest_gather_ms=0)
    with (
        open_warehouse(settings.warehouse, settings.limits, hash_key=lambda: bytes(32)) as warehouse,
        opened_door(Service(settings, warehouse, build_schema(), published(), TOKENS)) as door,
    ):
        warehouse.audit.every_s = 0.02
        for table, text in SENT:
            headers = bearer(SENDER) | {"Content-Type": "text/csv"}
            sent = door.request("POST", f"/ingest/{table}", content=text, headers=headers)
            assert sent.status_code == 200, sent.text
        yield door


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
