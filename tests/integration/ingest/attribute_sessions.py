"""Sessions whose attributes are of interest: how they are sent, and what questions say of them."""

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import ipc

from ingest.loading.load_file import FileLoad, load_file
from tests.integration.ingest.files import ROW
from warehouse import Warehouse
from warehouse.access import SYSTEM
from warehouse.query.answer import ask
from warehouse.query.local_time import Range
from warehouse.query.question import Condition, Group, Question

JANUARY = Range(1_704_067_200, 1_706_745_600)
FORMATS = ("csv", "ndjson", "parquet", "arrow")


def know_film_and_user(warehouse: Warehouse, folder: Path) -> None:
    """Load the user and the film that all sessions are of."""
    for table, text in (("users", "id\n1\n"), ("movies", "id,title\n1,Heat\n")):
        path = folder / f"{table}.csv"
        path.write_text(text)
        load_file(warehouse, table, path)


def as_csv(path: Path, first: int, columns: Mapping[str, Sequence[str]]) -> Path:
    """Sessions with ids from `first` on, and columns of texts beside what a session must have."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*ROW, *columns])
    for number, cells in enumerate(zip(*columns.values(), strict=True), first):
        writer.writerow([*{**ROW, "id": number}.values(), *cells])
    path.write_text(text.getvalue(), newline="", encoding="utf-8")
    return path


def as_ndjson(path: Path, first: int, rows: Sequence[Mapping[str, Any]]) -> Path:
    """The same with values of any kind."""
    lines = [json.dumps({**ROW, "id": number, **row}) for number, row in enumerate(rows, first)]
    path.write_text("\n".join(lines) + "\n")
    return path


def as_table(path: Path, first: int, columns: Mapping[str, Any]) -> Path:
    """The same as Parquet or as a file of Arrow, whose columns have types."""
    rows = len(next(iter(columns.values())))
    table = pa.table(
        {**{name: [value] * rows for name, value in ROW.items()}, "id": range(first, first + rows), **columns}
    )
    if path.suffix == ".parquet":
        pq.write_table(table, path)
        return path
    with ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)
    return path


def send(warehouse: Warehouse, path: Path) -> FileLoad:
    """Load a file of which every row must be taken."""
    done = load_file(warehouse, "viewing_sessions", path)
    assert (done.summary.quarantined, done.summary.duplicates) == (0, 0), done.first
    return done


def grouped(warehouse: Warehouse, path: str, **more: Any) -> Counter[str]:
    """Views by what was sent under a path; sessions that sent nothing are under the word that filters have for it."""
    answer = ask(warehouse.reader, Question((Group("attribute", path=path),), ("views",), JANUARY, **more), SYSTEM)
    return Counter({str(row.groups[0] or "Unknown"): int(row.now["views"] or 0) for row in answer.rows})


def found(warehouse: Warehouse, path: str, *texts: str) -> int:
    """Views of the sessions that sent one of the texts under a path."""
    where = (
        Condition("attribute", "in", texts, path) if len(texts) != 1 else Condition("attribute", "eq", texts[0], path)
    )
    return int(ask(warehouse.reader, Question((), ("views",), JANUARY, where=where), SYSTEM).rows[0].now["views"] or 0)


def stored(warehouse: Warehouse) -> dict[int, dict[str, str]]:
    """Of each session's id its attributes."""
    rows = warehouse.engine.query("SELECT toUInt64(id), attributes FROM viewing_sessions").rows
    return {int(number): dict(attributes) for number, attributes in rows}


def settle(warehouse: Warehouse) -> None:
    """Merge all parts of the sessions into one a month."""
    warehouse.engine.command("OPTIMIZE TABLE viewing_sessions FINAL")
