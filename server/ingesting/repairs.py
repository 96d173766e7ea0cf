"""Repairs over HTTP: quarantined rows as a person corrects them, and what became of the corrected ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.files.file_format import FileFormat
from ingest.loading.load_file import load_file
from ingest.loading.options import Options
from ingest.quarantine.explanations import explained
from ingest.quarantine.rejects_csv import ORIGINAL, cells_of, corrected_csv
from ingest.rows.contract import contract_for
from warehouse import Warehouse
from warehouse.engine.engine import Engine
from warehouse.errors import BadInput
from warehouse.loads import ledger
from warehouse.loads.quarantine import KeptAside, kept_aside, kept_aside_rows, quarantined_loads
from warehouse.loads.row_verdicts import FACT_TABLES

MOST_LOADS = 100
SHOWN_ROWS = 20
_LAST_LOAD = 2**32 - 1

CorrectedRows = Mapping[int, Mapping[str, str]]
"""Row's number in the file → the contract's column → text."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """What became of corrected rows: `accepted` and `duplicates` left the quarantine, and `rejects` are those that are
    still bad, as `/ingest/quarantine/{load}` tells them. `load_id` loaded the good ones.
    """

    load_id: int
    accepted: int
    duplicates: int
    rejects: list[dict[str, Any]]


def loads_in_quarantine(engine: Engine) -> list[dict[str, Any]]:
    """The loads with quarantined rows, newest first: their table, files, number of rows, and whether rows can be
    corrected in place.
    """
    found = quarantined_loads(engine, MOST_LOADS)
    files = ledger.files_of(engine, {one.load_id for one in found})
    return [
        {
            "load": one.load_id,
            "table": one.table,
            "files": files.get(one.load_id, ()),
            "rows": one.rows,
            "repairable": one.table in FACT_TABLES,
        }
        for one in found
    ]


def quarantined_rows(engine: Engine, load_id: int, after: int) -> dict[str, Any]:
    """The first quarantined rows of a load whose numbers are greater than `after`, with their cells by column.

    Raises: BadInput for an unknown load.
    """
    table = _table(engine, load_id)
    found = kept_aside(engine, load_id, limit=SHOWN_ROWS + 1, after=after)
    columns = [{"name": one.name, "required": one.required} for one in contract_for(table, now_s=0).columns]
    more = {"more": True} if len(found) > SHOWN_ROWS else {}
    return {"load": load_id, "table": table, "columns": columns, "rows": _told(found[:SHOWN_ROWS]), **more}


def repair(warehouse: Warehouse, path: Path, load_id: int, rows: CorrectedRows) -> Repaired:
    """Load corrected rows in the place of a load's quarantined ones; `path` is where they may be written meanwhile.

    Raises: BadInput for a load or row that can't be repaired, FileRefused; then nothing is changed.
    """
    table = _table(warehouse.engine, load_id)
    path.write_text(corrected_csv(rows, contract_for(table, now_s=0)), encoding="utf-8")
    try:
        options = Options(format=FileFormat.CSV, repairs=load_id)
        done = load_file(warehouse, table, path, name=f"corrections of load {load_id}", options=options).summary
    finally:
        path.unlink(missing_ok=True)
    left = kept_aside_rows(warehouse.engine, load_id, list(rows))
    return Repaired(done.load_id, done.accepted, done.duplicates, _told(left))


def _table(engine: Engine, load_id: int) -> str:
    found = ledger.find(engine, load_id) if load_id <= _LAST_LOAD else None
    if found is None:
        raise BadInput(f"There is no load {load_id}. GET /ingest/quarantine lists the loads with quarantined rows.")
    return found.table


def _told(rows: list[KeptAside]) -> list[dict[str, Any]]:
    return [_row(one) for one in rows]


def _row(one: KeptAside) -> dict[str, Any]:
    """`cells` are empty where the row could not be taken apart, and is then told as its `text`, or is not kept."""
    cells = cells_of(one, contract_for(one.table, now_s=0))
    text = cells.pop(ORIGINAL, "")
    return {"row": one.row, "reason": one.reason, "explanation": explained(one), "cells": cells, "text": text}
