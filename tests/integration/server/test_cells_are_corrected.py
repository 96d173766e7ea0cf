"""Cells that were corrected before a file is sent: inspected with it, and loaded in the place of what the file has."""

import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from resolvers.root import build_schema
from server.answering.published_operations import published
from server.answering.service import Service
from server.settings import Settings
from tests.integration.resolvers.conftest import TOKENS, Door, opened_door
from tests.integration.server.test_files_are_inspected import (
    ADMIN,
    CSV,
    NDJSON,
    PARQUET,
    SENDER,
    inspected,
    post,
    refused,
)
from warehouse import open_warehouse

BY = {"delimiter": ";", "map": {"nr": "id", "runtime": "duration"}}
FILMS = b"nr;title;runtime\n1;Heat;170\n2;Up;long\n3;Ran;short\n"
LINES = b'{"nr": 1, "title": "Heat", "runtime": 170}\n{"nr": 2, "title": "Up", "runtime": "long"}\n'


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A service over an empty warehouse."""
    folder = tmp_path_factory.mktemp("corrected") / "warehouse"
    settings = Settings(warehouse=f"chdb://{folder}", workspace=folder, ingest_gather_ms=0)
    with (
        open_warehouse(settings.warehouse, settings.limits, hash_key=lambda: bytes(32)) as warehouse,
        opened_door(Service(settings, warehouse, build_schema(), published(), TOKENS)) as opened,
    ):
        yield opened


def asked(corrections: object, **more: str) -> str:
    """A query with a profile and corrections."""
    text = corrections if isinstance(corrections, str) else json.dumps(corrections)
    given = {"profile": json.dumps(BY), "corrections": text, **more}
    return "?" + "&".join(f"{name}={quote(value)}" for name, value in given.items())


def stored(door: Door) -> list[tuple[Any, ...]]:
    """The films: number, title, minutes."""
    films = "SELECT toUInt64(id), title, duration_minutes FROM movies ORDER BY 1"
    found = door.service.warehouse.engine.query(films)
    return [tuple(row) for row in found.rows]


def test_a_corrected_cell_is_judged_instead_of_the_file_s(door: Door) -> None:
    found = inspected(door, FILMS, query=asked({"3": {"runtime": "96"}, "4": {"runtime": "brief"}}, table="movies"))
    assert (found["good_rows"], found["bad_rows"]) == (2, 1)
    assert [(one["row"], one["column"], one["sentence"]) for one in found["problems"]] == [
        (4, "runtime", "duration is 'brief', expected a whole number from 0 to 65535")
    ]
    assert found["rows"][1] == {"row": 3, "cells": {"nr": "2", "title": "Up", "runtime": "long"}}, "the file's own cell"


@pytest.mark.parametrize("kind", [CSV, NDJSON])
def test_numbers_texts_and_empty_cells_are_corrected_in_both_text_formats(door: Door, kind: str) -> None:
    content, row = (FILMS, "3") if kind == CSV else (LINES, "2")
    for cells, good in (({"runtime": "96"}, True), ({"runtime": ""}, True), ({"runtime": "x"}, False)):
        found = inspected(door, content, kind, query=asked({row: cells}, table="movies"))
        assert (int(row) in {one["row"] for one in found["problems"]}) is not good, (cells, found["problems"])


def test_a_row_far_behind_the_first_ones_stays_in_sight_once_it_is_right(door: Door) -> None:
    content = b"nr;title;runtime\n" + b"".join(b"%d;Film;90\n" % number for number in range(50)) + b"60;Ran;short\n"
    found = inspected(door, content, query=asked({"52": {"runtime": "162"}}, table="movies"))
    assert (found["bad_rows"], found["rows"][-1]["row"], len(found["rows"])) == (0, 52, 21)


def test_corrected_rows_load_and_the_rest_is_kept_aside_as_it_was(door: Door) -> None:
    path = f"/ingest/movies{asked({'3': {'runtime': '96', 'title': 'Up!'}})}"
    told = post(door, path, FILMS, token=SENDER, Idempotency_Key="one")
    assert (told.status_code, told.json()["taken"], told.json()["malformed"]) == (200, 2, 1)
    assert stored(door) == [(1, "Heat", 170), (2, "Up!", 96)]
    kept = door.service.warehouse.engine.query("SELECT row, JSONExtractString(original, 'duration') FROM rejected_rows")
    assert [tuple(row) for row in kept.rows] == [(4, "short")]
    again = post(door, path, FILMS, token=SENDER, Idempotency_Key="one")
    assert (again.content, again.headers["idempotent-replayed"]) == (told.content, "true")
    otherwise = post(door, f"/ingest/movies{asked({})}", FILMS, token=SENDER, Idempotency_Key="one")
    assert otherwise.status_code == 409, "the same file with other cells is another content"


@pytest.mark.parametrize(
    ("corrections", "sentence"),
    [
        ("{", "not valid JSON"),
        ("[]", "not a JSON object"),
        ('{"x": {}}', "x among the corrections is not the number of a row"),
        ('{"3": {"runtime": 5}}', "row 3 is not an object of texts"),
        ('{"3": "x"}', "row 3 is not an object of texts"),
        (json.dumps({str(row): {} for row in range(101)}), "101 rows are corrected"),
        (json.dumps({"3": {"runtime": "x" * 8_000}}), "at most 8,000 are read"),
    ],
)
def test_corrections_that_can_not_be_are_a_bad_request(door: Door, corrections: str, sentence: str) -> None:
    for path, token in (("/ingest/inspect", ADMIN), ("/ingest/movies", SENDER)):
        code, said = refused(post(door, path + asked(corrections), FILMS, token=token))
        assert (code, sentence in said) == (400, True), said


def test_a_cell_of_no_column_and_of_a_packed_file_can_not_be_corrected(door: Door) -> None:
    code, said = refused(post(door, f"/ingest/inspect{asked({'3': {'length': '5'}}, table='movies')}", FILMS))
    assert (code, "it has no column length" in said) == (422, True), said

    packed = io.BytesIO()
    pq.write_table(pa.table({"nr": ["1"], "title": ["Heat"], "runtime": ["long"]}), packed)
    path = f"/ingest/inspect{asked({'1': {'runtime': '5'}}, table='movies')}"
    code, said = refused(post(door, path, packed.getvalue(), PARQUET))
    assert (code, "cells of CSV and NDJSON can be corrected" in said) == (422, True), said
