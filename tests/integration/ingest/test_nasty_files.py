"""Nasty files: of each how many rows are accepted, known, kept aside and why; or why it is refused."""

import gzip
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.loading.load_file import load_file
from ingest.loading.options import Options
from ingest.problems import FileRefused
from tests.integration.ingest.conftest import WriteFile
from tests.integration.ingest.files import HEADER, ROW, csv_row, json_row
from warehouse import Warehouse, open_warehouse


@dataclass(frozen=True)
class Counted:
    """A file that loads."""

    content: bytes | str
    accepted: int
    duplicates: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    name: str = "a.csv"
    table: str = "viewing_sessions"


@dataclass(frozen=True)
class Refused:
    """A file of which nothing loads."""

    content: bytes | str
    reason: str
    name: str = "a.csv"


def rows(*changed: Mapping[str, object], header: str = HEADER) -> str:
    """A CSV file of rows with the ids 1, 2, 3 and so on, if nothing else is said."""
    return f"{header}\n" + "".join(csv_row(**{"id": number, **row}) for number, row in enumerate(changed, 1))


def column(name: str, *values: object) -> str:
    """A CSV file whose rows differ in one column."""
    header = HEADER if name in ROW else f"{HEADER},{name}"
    return rows(*({name: value} for value in values), header=header)


def parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({name: [value] * 1_000 for name, value in ROW.items()}), sink)
    return sink.getvalue()


def parquet_beyond_its_dictionary() -> bytes:
    """Two qualities, eight times each as the places 0 and 1 of a dictionary; the second says 2 now."""
    sink = io.BytesIO()
    columns = {name: [value] * 16 for name, value in ROW.items()} | {"quality": ["HD"] * 8 + ["4K"] * 8}
    pq.write_table(pa.table(columns), sink, compression="none")
    runs = b"\x01\x10\x00\x10\x01"
    assert sink.getvalue().count(runs) == 1
    return sink.getvalue().replace(runs, b"\x02\x10\x00\x10\x02")


GOOD = rows({}, {})
RATINGS = "id,user_id,movie_id,rating,rating_date\n"
TIMES = (
    "2024-01-01T20:00:00Z",
    "2024-01-01 20:00:00",
    "2024-01-01T22:00:00+02:00",
    "2024-01-01",
    "2024-01-01T20:00:00.123456Z",
    "20240101T200000Z",
    1_704_139_200,
    1_704_139_200_000,
    "1704139200.5",
)

NASTY: dict[str, Counted | Refused] = {
    "empty": Refused("", "it is empty"),
    "blank lines alone": Refused("\n\n", "its first line is blank"),
    "header only": Counted(HEADER, 0),
    "byte order mark": Counted(b"\xef\xbb\xbf" + GOOD.encode(), 2),
    "CRLF": Counted(GOOD.replace("\n", "\r\n"), 2),
    "no line end after the last row": Counted(GOOD.rstrip("\n"), 2),
    "blank lines between": Counted(GOOD.replace("\n", "\n\n"), 2),
    "quoted newlines, quotes and commas": Counted(column("quality", '"a\nb"', '"a\r\nb"', '"a ""b"", c"'), 3),
    "a field of a million characters": Counted(column("quality", "x" * 1_000_000, "y"), 1, reasons={"BAD_VALUE": 1}),
    "a row of ten million characters": Counted(
        column("quality", "x" * 5_000_000, '"a\nb"', "y" * 10_000_000), 1, reasons={"BAD_VALUE": 2}
    ),
    "a torn row that is no UTF-8": Counted(
        column("quality", "4K", '"a\nb"').encode() + b"3,\xe9\n" + csv_row(id=4, x="HD").encode(),
        3,
        reasons={"BAD_ROW": 1},
    ),
    "old line ends": Counted(GOOD.replace("\n", "\r"), 2),
    "NUL": Counted(column("quality", "a\0b", "4K"), 1, reasons={"BAD_VALUE": 1}),
    "Latin-1": Counted(column("quality", "café", "4K").encode("latin-1"), 1, reasons={"BAD_VALUE": 1}),
    "Latin-1 in a column of one's own": Counted(
        column("city", "Köln", "Bonn").encode("latin-1"), 1, reasons={"BAD_VALUE": 1}
    ),
    "UTF-16": Counted(GOOD.encode("utf-16"), 2),
    "too few and too many cells": Counted(f"{GOOD}3,1\n{csv_row(x=1)}{csv_row(id=5)}", 3, reasons={"BAD_ROW": 2}),
    "every row is bad": Counted(column("id", "x", "y", ""), 0, reasons={"BAD_VALUE": 2, "MISSING_VALUE": 1}),
    "a column twice": Refused(rows({"x": 1}, header=f"{HEADER},id"), "the column 'id' more than once"),
    "a required column missing": Refused("id,user_id\n1,1\n", "lacks the required columns movie_id, start_time"),
    "another delimiter than is said": Refused(GOOD.replace(",", ";"), "lacks the required columns id"),
    "JSON named CSV": Refused(json_row(), "it begins like JSON"),
    "CSV named NDJSON": Refused(GOOD, "line 1: it is not valid JSON", "a.ndjson"),
    "Parquet named CSV": Refused(parquet(), "its first bytes are Parquet"),
    "a quote left open": Refused(column("quality", '"4K'), "a quote is opened and never closed"),
    "cut in the last row": Refused(f"{GOOD}3,1,1,20", "it is cut off in line 4: it has 4 cells, expected 5"),
    "cut gzip": Refused(gzip.compress((GOOD + csv_row() * 9_999).encode())[:-9], "cut off or damaged", "a.csv.gz"),
    "cut Parquet": Refused(parquet()[:-50], "cut off, damaged or not Parquet", "a.parquet"),
    "Parquet with places that its dictionary does not have": Refused(
        parquet_beyond_its_dictionary(), "damaged or not Parquet: Index 2 out of bounds", "a.parquet"
    ),
    "cut NDJSON": Refused(json_row() + json_row()[:30], "it is cut off or damaged in line 2", "a.ndjson"),
    "mixed types": Counted(
        json_row(id=7) + json_row(id="7", watch_duration_minutes="90.50") + json_row(id=8, user_id="1"),
        2,
        duplicates=1,
        name="a.ndjson",
    ),
    "lines that are no objects": Counted(
        f"{json_row()}[1]\n7\nnull\n{{\n{json_row(id=2)}", 2, reasons={"BAD_ROW": 4}, name="a.ndjson"
    ),
    "objects, lists and truths for values": Counted(
        json_row() + json_row(id=[1]) + json_row(id={}) + json_row(id=True),
        1,
        reasons={"BAD_VALUE": 3},
        name="a.ndjson",
    ),
    "a key that a line has not": Counted(
        json_row() + json_row(id=2, movie_id=...), 1, reasons={"MISSING_VALUE": 1}, name="a.ndjson"
    ),
    "a key that no line has": Refused(json_row(movie_id=...), "lacks the required column movie_id", "a.ndjson"),
    "not a number and infinities": Counted(
        column("watch_duration_minutes", "nan", "inf", "-inf", "NaN", "1e999", 5), 1, reasons={"BAD_VALUE": 5}
    ),
    "negative zero": Counted(column("watch_duration_minutes", "-0.0", "-0"), 2),
    "minutes at and past their ends": Counted(
        column("watch_duration_minutes", 0, 1_440, 1_440.1, -0.1), 2, reasons={"BAD_VALUE": 2}
    ),
    "completion at and past its ends": Counted(
        column("completion_rate", 0, 1, "", 1.01, 95, -0.1), 3, reasons={"BAD_VALUE": 3}
    ),
    "ratings at and past their ends": Counted(
        RATINGS + "".join(f"{n},1,1,{rating},2024-01-01\n" for n, rating in enumerate((0.5, 5, 0.49, 5.01, 0))),
        2,
        reasons={"BAD_VALUE": 3},
        table="ratings",
    ),
    "times of all kinds": Counted(column("start_time", *TIMES), len(TIMES)),
    "times that can't be": Counted(
        column("start_time", "1989-12-31T23:59:59Z", "2999-01-01", "2024-02-30", "yesterday", "", "25:00"),
        0,
        reasons={"BAD_VALUE": 5, "MISSING_VALUE": 1},
    ),
    "ids of all kinds": Counted(
        column("id", 0, 2**64 - 1, " 7 ", "0192F8A0-7B1C-7E3D-9A55-1234567890AB", 2**64, -1, 1.5, "x"),
        4,
        reasons={"BAD_VALUE": 4},
    ),
    "the same row in other words": Counted(
        rows({}, {"id": "01", "start_time": "2024-01-01T21:00:00+01:00", "watch_duration_minutes": "90.500"}),
        1,
        duplicates=1,
    ),
    "one id with other content": Counted(
        rows({}, {"id": 1, "watch_duration_minutes": 9}, {"id": 1}), 1, duplicates=1, reasons={"CONFLICT": 1}
    ),
    "unknown users and films": Counted(
        rows({}, {"user_id": 9}, {"movie_id": 9}, {"user_id": 9, "movie_id": 9}),
        1,
        reasons={"UNKNOWN_MOVIE": 1, "UNKNOWN_USER": 2},
    ),
    "a user twice": Counted("id,country\n2,DE\n2,FR\n3,Germany\n", 1, 1, {"BAD_VALUE": 1}, table="users"),
}


@pytest.fixture(scope="module")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse with user 1 and film 1, into which nothing more is loaded."""
    folder: Path = tmp_path_factory.mktemp("nasty")
    (folder / "users.csv").write_text("id\n1\n")
    (folder / "movies.csv").write_text("id,title\n1,Heat\n")
    with open_warehouse(f"chdb://{folder / 'warehouse'}") as opened:
        for table in ("users", "movies"):
            load_file(opened, table, folder / f"{table}.csv")
        yield opened


@pytest.mark.parametrize("nasty", [name for name, file in NASTY.items() if isinstance(file, Counted)])
def test_every_row_of_a_nasty_file_is_accounted_for(peopled: Warehouse, tmp_path: Path, nasty: str) -> None:
    file = NASTY[nasty]
    assert isinstance(file, Counted)
    path = tmp_path / file.name
    path.write_bytes(file.content.encode() if isinstance(file.content, str) else file.content)
    done = load_file(peopled, file.table, path, options=Options(dry_run=True)).summary
    assert (done.accepted, done.duplicates, done.reasons) == (file.accepted, file.duplicates, file.reasons)
    assert done.quarantined == sum(file.reasons.values())
    assert done.accepted + done.duplicates + done.quarantined == done.rows


@pytest.mark.parametrize("nasty", [name for name, file in NASTY.items() if isinstance(file, Refused)])
def test_a_nasty_file_that_is_no_whole_one_is_refused(peopled: Warehouse, tmp_path: Path, nasty: str) -> None:
    file = NASTY[nasty]
    assert isinstance(file, Refused)
    path = tmp_path / file.name
    path.write_bytes(file.content.encode() if isinstance(file.content, str) else file.content)
    with pytest.raises(FileRefused) as refused:
        load_file(peopled, "viewing_sessions", path, options=Options(dry_run=True))
    assert file.reason in refused.value.reason


def test_nothing_was_left_of_any(peopled: Warehouse, write: WriteFile) -> None:
    with pytest.raises(FileRefused):
        load_file(peopled, "viewing_sessions", write("a.csv", f"{HEADER}\nx\n1,"))
    passing = map(peopled.engine.scratch_table, ("viewing_sessions_staging", "viewing_sessions_incoming"))
    for table in ("rejected_rows", "viewing_sessions", *passing):
        assert peopled.engine.query(f"SELECT count() FROM {table}").scalar() == 0, table
