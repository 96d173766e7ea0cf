"""`GET /ingest/quarantine` lists the loads with quarantined rows, `GET /ingest/quarantine/{load}` their rows, and
`POST` there loads corrected ones in their place. For roles that see everything: the rows are unmasked personal data.
"""

from dataclasses import asdict
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from schema.access_policy import check_repairs
from server.answering.audit import recorded
from server.answering.service import Service
from server.http.ingest import intake_of
from server.http.requests import caller_of, read_json_body, read_texts
from server.http.responses import data, refusal
from server.ingesting.repairs import CorrectedRows
from warehouse.audit.record import AuditKind
from warehouse.errors import BadInput, MarqueeError

MOST_ROWS = 100
_EXAMPLE = '{"rows": [{"row": 3, "cells": {"watch_duration_minutes": "45", ...}}]}'


async def quarantine(request: Request) -> Response:
    """The loads with quarantined rows, newest first."""
    try:
        with recorded(request, operation="GET /ingest/quarantine"):
            await _check(request)
            told = await intake_of(request).loads_in_quarantine()
    except MarqueeError as error:
        return refusal(error)
    return data(orjson.dumps({"loads": told}))


async def quarantined(request: Request) -> Response:
    """Quarantined rows of a load, in pages."""
    load_id = request.path_params["load"]
    try:
        with recorded(request, operation="GET /ingest/quarantine") as record:
            await _check(request)
            told = await intake_of(request).quarantined_rows(load_id, _after(read_texts(request)))
            record.note(f"quarantined rows of load {load_id}")
            record.rows = len(told["rows"])
    except MarqueeError as error:
        return refusal(error)
    return data(orjson.dumps(told))


async def repair(request: Request) -> Response:
    """Load corrected rows of a load; those that are still bad stay in the quarantine as they are now."""
    service: Service = request.app.state.service
    load_id = request.path_params["load"]
    try:
        with recorded(request, AuditKind.LOAD, f"POST {request.url.path}"[:200]) as record:
            await _check(request)
            rows = _rows(await read_json_body(request, service.settings.body_bytes))
            done = await intake_of(request).repair(load_id, rows)
            record.note(f"load {done.load_id} repairs load {load_id}")
            record.rows = done.accepted
    except MarqueeError as error:
        return refusal(error)
    return data(orjson.dumps(asdict(done)))


async def _check(request: Request) -> None:
    principal = (await caller_of(request)).principal
    check_repairs(principal.role, principal.scope)


def _after(parameters: dict[str, str]) -> int:
    after = parameters.pop("after", "0")
    if unknown := sorted(parameters):
        raise BadInput(f"Unknown parameter {unknown[0][:100]}. Known: after.")
    if not (after.isascii() and after.isdigit() and len(after) < 16):
        raise BadInput(f"after is {after[:100]}. It is the number of a row.")
    return int(after)


def _rows(sent: Any) -> CorrectedRows:
    """The corrected rows of a body.

    Raises: BadInput.
    """
    rows = sent.get("rows") if isinstance(sent, dict) else None
    if not isinstance(rows, list) or not all(map(_is_row, rows)):
        raise BadInput(f"The body is not a list of corrected rows. Send {_EXAMPLE}.")
    if not 0 < len(rows) <= MOST_ROWS:
        raise BadInput(f"{len(rows)} rows are sent. Send 1 to {MOST_ROWS} at once.")
    found = {one["row"]: one["cells"] for one in rows}
    if len(found) < len(rows):
        raise BadInput("A row comes twice. Send each once.")
    return found


def _is_row(one: object) -> bool:
    if not isinstance(one, dict) or one.keys() != {"row", "cells"}:
        return False
    row, cells = one["row"], one["cells"]
    is_number = type(row) is int and 0 < row < 2**53
    return is_number and isinstance(cells, dict) and all(isinstance(text, str) for text in cells.values())
