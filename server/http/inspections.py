"""`POST /ingest/inspect` says what the beginning of a file is and how it would be read; `GET /ingest/contract` says
what may be sent. Neither reads or writes a row: what they answer follows from the request alone.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ingest.files.file_format import FileFormat
from ingest.problems import Problem
from ingest.profiles.beginning import cut_to_whole_rows
from ingest.profiles.inspection import Inspected, found_dialect, inspect_file, try_profile
from ingest.profiles.profile import profile_of
from ingest.profiles.profile_document import to_toml
from ingest.readers import Decoders, Source
from ingest.readers.columnar_formats import COLUMNAR_FORMATS
from ingest.rows.contract import contract_for
from ingest.rows.corrections import Corrections
from ingest.rows.units import UNITS
from schema.access_policy import inspects
from server.answering.audit import recorded
from server.answering.service import Service
from server.http.bodies import received
from server.http.disconnect import ClientLeft
from server.http.ingest import intake_of, kind_of, sender_of
from server.http.requests import TooLarge, caller_of, read_texts
from server.http.responses import CLIENT_LEFT, data, refusal
from server.http.sent_corrections import corrections_of
from server.http.sent_profiles import profile_document
from warehouse.errors import BadInput, MarqueeError
from warehouse.model.tables import TABLES

# Text files are inspected by their beginning; packed ones have to be whole.
BEGINNING_BYTES = 1 << 20
SHOWN_ROWS = 20
SHOWN_CHARACTERS = 200
SHOWN_COLUMNS = 200
NAME = "the file"


async def contract(request: Request) -> Response:
    """The columns of each table that the caller may send, and how large a body may be."""
    service: Service = request.app.state.service
    try:
        with recorded(request, operation="GET /ingest/contract"):
            principal = (await caller_of(request)).principal
            tables = inspects(principal.role, principal.scope, principal.writes.tables)
    except MarqueeError as error:
        return refusal(error)
    most_bytes = service.settings.ingest_body_bytes
    told = {
        "most_bytes": most_bytes,
        "beginning_bytes": min(BEGINNING_BYTES, most_bytes),
        "tables": {table: _columns(table) for table in TABLES if table in tables},
    }
    return data(orjson.dumps(told))


async def inspect(request: Request) -> Response:
    """What the beginning of a file is, by a profile or with one that is proposed."""
    try:
        with recorded(request, operation="POST /ingest/inspect"):
            told = await _inspected(request)
    except ClientLeft:
        return Response(status_code=CLIENT_LEFT)
    except MarqueeError as error:
        return refusal(error)
    return data(orjson.dumps(told))


async def _inspected(request: Request) -> Mapping[str, Any]:
    service: Service = request.app.state.service
    intake = intake_of(request)
    principal = (await caller_of(request)).principal
    tables = inspects(principal.role, principal.scope, principal.writes.tables)
    asked = _Asked(read_texts(request), tables)
    kind = kind_of(request)
    is_packed = kind in COLUMNAR_FORMATS
    most_bytes = service.settings.ingest_body_bytes
    with intake.inspections.reserve(sender_of(principal)) as reservation:
        limit = most_bytes if is_packed else min(BEGINNING_BYTES, most_bytes)
        try:
            async with received(request, intake, reservation, limit, "inspect", kind) as body:
                return await intake.inspect(asked.look, body.path, kind)
        except TooLarge as error:
            raise _too_large(limit, is_packed) from error


class _Asked:
    """What the parameters of an inspection ask for.

    Raises: BadInput for another parameter, and for what they can't be.
    """

    def __init__(self, parameters: dict[str, str], tables: frozenset[str]) -> None:
        self._tables = tables
        self._table = parameters.pop("table", "")
        given = parameters.pop("profile", "")
        self._document = profile_document(given) if given else {}
        self._corrections = corrections_of(parameters.pop("corrections", ""))
        self._is_cut = _truth(parameters, "cut", "false")
        # Without a profile there is nothing but proposals.
        self._proposes = _truth(parameters, "propose", "false" if given else "true")
        if unknown := sorted(parameters):
            raise BadInput(f"Unknown parameter {unknown[0][:100]}. Known: table, profile, corrections, propose, cut.")
        profile = profile_of(self._document)
        self._dialect = profile.dialect
        self._table = self._table or profile.table
        if self._table and self._table not in tables:
            raise BadInput(f"There is no table {self._table[:100]} to inspect for. Tables: {_listed(tables)}.")
        if not self._table and not self._proposes:
            raise BadInput(f"The profile names no table. Name it in the parameter table: {_listed(tables)}.")

    def look(self, path: Path, kind: FileFormat, decoders: Decoders) -> Mapping[str, Any]:
        """What is found in a file; takes up to seconds."""
        now_s, document, table = int(time.time()), self._document, self._table
        if self._is_cut and kind not in COLUMNAR_FORMATS:
            source = Source.of(path, NAME, self._dialect, kind)
            # Of another encoding, what is cut within a sign can't be read to find the delimiter.
            dialect = self._dialect if source.encoding else found_dialect(source, now_s)
            cut_to_whole_rows(path, NAME, kind, dialect)
        if self._proposes:
            found = inspect_file(path, NAME, now_s, table, kind, self._tables, document, decoders, self._corrections)
        else:
            found = try_profile(path, NAME, now_s, table, document, kind, decoders, self._corrections)
        return _told(found, self._corrections)


def _truth(parameters: dict[str, str], name: str, otherwise: str) -> bool:
    """Takes a parameter that is true or false."""
    given = parameters.pop(name, otherwise)
    if given not in ("true", "false"):
        raise BadInput(f"{name} is {given[:100]}. It is true or false.")
    return given == "true"


def _listed(tables: frozenset[str]) -> str:
    return ", ".join(sorted(tables))


def _told(found: Inspected, corrections: Corrections) -> Mapping[str, Any]:
    wrong = [one.number for one in found.problems][:SHOWN_ROWS]
    shown_rows = {*list(found.beginning.rows)[:SHOWN_ROWS], *wrong, *corrections}
    numbers = sorted(shown_rows & found.beginning.rows.keys())
    shown = found.columns[:SHOWN_COLUMNS]
    return {
        "table": found.table,
        "format": found.format,
        "encoding": found.encoding,
        "columns": shown,
        "more_columns": len(found.columns) - len(shown),
        "profile": found.profile,
        "toml": to_toml(found.profile),
        "missing": found.missing,
        "refused": found.refused,
        "good_rows": found.good,
        "bad_rows": found.bad_rows,
        "rows": [{"row": number, "cells": _cells(found.beginning.rows[number], shown)} for number in numbers],
        "problems": [_problem(one, found.profile) for one in found.problems],
    }


def _cells(row: Mapping[str, str], columns: tuple[str, ...]) -> dict[str, str]:
    return {name: _short(row[name]) for name in columns if name in row}


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _problem(problem: Problem, profile: Mapping[str, Any]) -> Mapping[str, Any]:
    """`column` is the file's column of the cell that is wrong, empty if it is none's."""
    sources = [source for source, target in profile.get("map", {}).items() if target == problem.column]
    return {
        "row": problem.number,
        "reason": problem.reason,
        "column": next(iter(sources), problem.column),
        "sentence": problem.sentence,
    }


def _columns(table: str) -> list[Mapping[str, Any]]:
    return [
        {
            "name": column.name,
            "required": column.required,
            "expected": column.kind.expected,
            "units": [name for name, unit in UNITS.items() if column.name in unit.columns],
        }
        for column in contract_for(table, int(time.time())).columns
    ]


def _too_large(limit: int, is_packed: bool) -> TooLarge:
    if is_packed:
        return TooLarge(f"The file is larger than {limit:,} bytes. Load it on the server: marquee ingest load")
    return TooLarge(f"Of a text file at most {limit:,} bytes are inspected. Send its beginning, with cut=true.")
