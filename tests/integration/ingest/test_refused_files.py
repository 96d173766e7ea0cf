"""Nasty files: each is refused whole, with a sentence that says where, what was found and what is expected."""

import gzip
import io
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.loading.load_file import load_file
from ingest.loading.options import Options
from ingest.problems import FileRefused
from tests.integration.ingest.conftest import WriteFile
from tests.integration.ingest.files import HEADER, ROW, csv_row, json_row
from warehouse import Warehouse
from warehouse.loads.rejected_rows import Reject


def parquet(**changed: object) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({name: [value] * 1_000 for name, value in {**ROW, **changed}.items()}), sink)
    return sink.getvalue()


ABORT = Options(max_rejects=0)
GOOD = f"{HEADER}\n{csv_row()}"
WIDE = f"{HEADER},quality\n"

NASTY: dict[str, tuple[str, bytes | str, str]] = {
    "nothing in it": ("a.csv", "", "it is empty"),
    "nothing compressed": ("a.csv.gz", "", "it is empty"),
    "blank lines only": ("a.csv", "\n\n", "its first line is blank"),
    "no format in the name": ("a.txt", GOOD, "its name does not say its format, expected .csv"),
    "compressed without saying so": ("a.csv", gzip.compress(GOOD.encode()), "its first bytes are gzip"),
    "Parquet named CSV": ("a.csv", parquet(), "its name says CSV, but its first bytes are Parquet"),
    "CSV named Parquet": ("a.parquet", GOOD, "its name says Parquet, but its first bytes are 'id,user_id"),
    "JSON named CSV": ("a.csv", json_row(), "its name says CSV, but it begins like JSON"),
    "CSV named NDJSON": ("a.ndjson", GOOD, "line 1: it is not valid JSON"),
    "a ZIP": ("a.csv", b"PK\x03\x04" + bytes(40), "its first bytes are ZIP"),
    "Latin-1": ("a.csv", b"id,caf\xe9\n1,2\n", "its first line is not a CSV header in UTF-8"),
    "UTF-16 cut off": ("a.csv", GOOD.encode("utf-16")[:-1], "it is cut off"),
    "a column missing": (
        "a.csv",
        "id,user_id,start_time\n1,1,2024-01-01\n",
        "lacks the required columns movie_id, watch",
    ),
    "semicolons": ("a.csv", GOOD.replace(",", ";"), "lacks the required columns id"),
    "a column twice": ("a.csv", f"{HEADER},id\n{csv_row(x=1)}", "it has the column 'id' more than once"),
    "a torn row": ("a.csv", f"{GOOD}2,1\n", "line 3: it has 2 cells, expected 5"),
    "a row too wide": ("a.csv", f"{GOOD}{csv_row(x=1)}", "line 3: it has 6 cells, expected 5"),
    "a text among minutes": (
        "a.csv",
        GOOD + csv_row(watch_duration_minutes="long"),
        "line 3: watch_duration_minutes is 'long'",
    ),
    "minutes beyond a day": ("a.csv", GOOD + csv_row(watch_duration_minutes=1441), "expected minutes from 0 to 1440"),
    "minutes below zero": ("a.csv", GOOD + csv_row(watch_duration_minutes=-1), "is '-1'"),
    "a time to come": (
        "a.csv",
        GOOD + csv_row(start_time="2999-01-01"),
        "line 3: start_time is '2999-01-01', expected a time",
    ),
    "a time before 1990": ("a.csv", GOOD + csv_row(start_time="1970-01-01"), "expected a time from 1990"),
    "a day that is none": ("a.csv", GOOD + csv_row(start_time="2024-02-30"), "start_time is '2024-02-30'"),
    "an id that is none": ("a.csv", GOOD + csv_row(id="x7"), "line 3: id is 'x7', expected a whole number"),
    "an id missing": ("a.csv", GOOD + csv_row(user_id=""), "line 3: user_id is missing"),
    "bytes that are no text": ("a.csv", WIDE.encode() + b"1,1,1,2024-01-01,5,caf\xe9\n", "quality is 'caf\\\\xe9'"),
    "a NUL": (
        "a.csv",
        WIDE + "1,1,1,2024-01-01,5,a\0b\n",
        "line 2: quality is 'a\\x00b', expected a text in UTF-8 without NUL",
    ),
    "a completion of percents": (
        "a.csv",
        f"{HEADER},completion_rate\n{csv_row(c=95)}",
        "expected a fraction from 0 to 1",
    ),
    "half a stall": ("a.csv", f"{HEADER},buffering_count\n{csv_row(b=1.5)}", "expected a whole number from 0 to 65535"),
    "a quote left open": ("a.csv", WIDE + '1,1,1,2024-01-01,5,"4K\n', "a quote is opened and never closed"),
    "gzip cut off": ("cut.csv.gz", GOOD + csv_row() * 100_000, "it is cut off or damaged"),
    "Parquet cut off": ("a.parquet", parquet()[:-50], "it is cut off, damaged or not Parquet"),
    "Parquet damaged": ("a.parquet", parquet()[:4] + bytes(2_000) + parquet()[2_004:], "it is cut off, damaged"),
    "Parquet of another type": (
        "a.parquet",
        parquet(watch_duration_minutes=True),
        "watch_duration_minutes is of the type bool, expected minutes",
    ),
    "Parquet without a column": (
        "a.parquet",
        parquet().replace(b"user_id", b"luser_i"),
        "lacks the required column user_id",
    ),
    "one JSON array": ("a.ndjson", f"[{json_row()}]", "it is one JSON array, expected one JSON object a line"),
    "NDJSON cut off": ("a.ndjson", json_row() + json_row()[:30], "line 2: it is not valid JSON"),
    "NDJSON of numbers": ("a.ndjson", json_row() + "5\n", "line 2: it is a JSON int, expected an object"),
    "NDJSON without a column": ("a.ndjson", json_row() + json_row(movie_id=...), "line 2: movie_id is missing"),
    "NDJSON of another type": (
        "a.ndjson",
        json_row() + json_row(id=True),
        "line 2: id is true, expected a text or a number",
    ),
    "NDJSON of nothing": ("a.ndjson", "\n \n", "it is empty"),
}


@pytest.mark.parametrize("nasty", list(NASTY))
def test_a_nasty_file_is_refused_with_a_sentence(write: WriteFile, nasty: str) -> None:
    name, content, sentence = NASTY[nasty]
    path = write(name, content)
    if name.startswith("cut"):
        path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(FileRefused) as refused:
        load_file(Untouched(), "viewing_sessions", path, name=name, options=ABORT)  # type: ignore[arg-type]
    assert sentence in refused.value.reason
    assert refused.value.file == name
    assert str(path.parent) not in str(refused.value)


class Untouched:
    """A warehouse that takes rows and fails when they are committed."""

    def load(self, *_: object) -> "Untouched":
        return self

    def __enter__(self) -> "Untouched":
        return self

    def __exit__(self, *_: object) -> None:
        """Drop what was staged."""

    def __init__(self) -> None:
        self.reasons: Counter[str] = Counter()

    def write(self, *_: object) -> None:
        """Stage rows."""

    def reject(self, rejects: list[Reject]) -> None:
        """Keep rows aside."""
        self.reasons.update(one.reason for one in rejects)

    def commit(self) -> None:
        raise AssertionError("a refused file was committed")


@pytest.mark.slow
def test_nothing_of_a_refused_file_is_loaded(write: WriteFile, warehouse: Warehouse) -> None:
    load_file(warehouse, "users", write("users.csv", "id\n1\n"))
    load_file(warehouse, "movies", write("movies.csv", "id,title\n1,Heat\n"))
    rows = "".join(csv_row(id=n) for n in range(1, 100_000))
    with pytest.raises(FileRefused, match="line 100,001: id is 'x'"):
        load_file(warehouse, "viewing_sessions", write("a.csv", f"{HEADER}\n{rows}{csv_row(id='x')}"), options=ABORT)
    assert load_file(warehouse, "viewing_sessions", write("b.csv", f"{HEADER}\n{rows}")).summary.accepted == 99_999
