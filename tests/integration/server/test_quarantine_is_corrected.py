"""Cells of the quarantine are corrected over HTTP: an admin sees what became of them, and the audit log has it."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from schema.roles import Role
from tests.integration.resolvers.conftest import Door, token_of
from tests.integration.server.audited import logged
from tests.integration.server.quarantined import (
    ADMIN,
    corrected,
    counts,
    opened,
    repaired,
)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """One whose rows a test may correct."""
    with opened(tmp_path / "warehouse") as found:
        yield found


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
