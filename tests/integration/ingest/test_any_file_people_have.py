"""Every kind of file that people have is read right, or refused with a sentence; what is wrong with a row leaves the
others alone; and no file holds up those behind it."""

import cProfile
from collections.abc import Mapping
from pathlib import Path

import orjson
import pyarrow as pa
import pytest

from ingest.loading.held_files import Held, hold_file
from ingest.loading.options import Options
from ingest.problems import FileRefused
from ingest.value_kinds import Found, Text
from ingest.value_kinds.value_kind import nothing
from tests.integration.ingest.conftest import Session
from tests.integration.ingest.kinds_of_files import KINDS, Kind, arrow, parquet, two
from tests.integration.ingest.test_a_folder_is_watched import Dropped
from warehouse.engine.engine import Engine
from warehouse.errors import EngineFault

LOADED = sorted(name for name, kind in KINDS.items() if not kind.refused)
REFUSED = sorted(name for name, kind in KINDS.items() if kind.refused)
LONGEST_REASON = 1_000
PEOPLE = "id\n1\n"


def read(kind: Kind, folder: Path) -> Held:
    """The rows of a file, and what is wrong with the others, without a warehouse."""
    path = folder / kind.name
    path.write_bytes(kind.content)
    held = hold_file(kind.table, path, kind.name, Options())
    assert held is not None
    return held


@pytest.mark.parametrize("name", LOADED)
def test_what_is_wrong_with_a_row_leaves_the_others_alone(tmp_path: Path, name: str) -> None:
    held = read(KINDS[name], tmp_path)
    accepted = sum(batch.num_rows for batch, _ in held.batches)
    assert (accepted, len(held.rejects)) == (KINDS[name].accepted, KINDS[name].left_aside), held.rejects
    if held.rejects:
        assert held.file is not None
        assert held.file.first is not None
        assert "Please report it" not in held.file.first.sentence


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_with_a_file_refuses_it_with_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(KINDS[name], tmp_path)
    assert KINDS[name].refused in refused.value.reason
    assert len(refused.value.reason) < LONGEST_REASON
    assert "Please report it" not in refused.value.reason


@pytest.mark.slow
def test_a_watched_folder_of_them_is_emptied(session: Session) -> None:
    """Of a sample; `make prove` drops all of them."""
    empty_a_folder_of(session, dict(list(KINDS.items())[::5]))


def empty_a_folder_of(session: Session, kinds: Mapping[str, Kind]) -> None:
    """Each file loads or is refused, and none is tried for ever; the engine takes every row that was read."""
    dropped = Dropped(session, session.folder / "incoming")
    dropped.drop("users.csv", PEOPLE)
    dropped.drop("movies.csv", "id,title\n1,Heat\n")
    for number, kind in enumerate(kinds.values()):
        (dropped.path / kind.table / f"{number:03}-{kind.name}").write_bytes(kind.content)
    dropped.watch.look(lambda _: None)
    dropped.watch.look(dropped.told.append)
    outcomes = {one.arrival.path.name[:3]: one for one in dropped.told}
    for number, (name, kind) in enumerate(kinds.items()):
        found = outcomes[f"{number:03}"]
        assert found.outcome == ("refused" if kind.refused else "loaded"), (name, found)
        report = found.report
        assert report["accepted"] + report["duplicates"] + report["quarantined"] == report["rows"]
        assert report["rows"] == (0 if kind.refused else kind.accepted + kind.left_aside), name
    assert dropped.watch.waiting == 0


def test_a_row_that_validation_fails_at_is_left_aside_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw: a value at which a reader of values fails."""

    def read_unless_3(_: Text, column: pa.Array) -> Found:
        if "3" in column.to_pylist():
            raise OverflowError("nobody foresaw that")
        return Found(column, nothing(len(column)))

    monkeypatch.setattr(Text, "read", read_unless_3)
    rows = "".join(f"{number},{number}\n" for number in range(1, 9))
    held = read(Kind("a.csv", f"id,title\n{rows}".encode(), table="movies"), tmp_path)
    assert [numbers.tolist() for _, numbers in held.batches] == [[2, 3, 5, 6, 7, 8, 9]]
    assert [(one.row, one.reason, one.original) for one in held.rejects] == [(4, "BAD_VALUE", '{"id":"3","title":"3"}')]


def test_a_file_that_a_reader_fails_at_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("ingest.readers.ndjson.read_block", failing)
    with pytest.raises(FileRefused, match=r"it can't be read \(RecursionError\)"):
        read(Kind("a.ndjson", b'{"id": 1}\n'), tmp_path)


def test_rows_that_the_engine_refuses_refuse_their_file(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the files behind it are loaded."""
    insert = Engine.insert

    def refuse_7(engine: Engine, table: str, rows: pa.Table) -> None:
        if table == engine.scratch_table("movies_incoming") and "7" in rows["title"].to_pylist():
            raise EngineFault("Code: 43. DB::Exception", 43)
        insert(engine, table, rows)

    monkeypatch.setattr(Engine, "insert", refuse_7)
    for name in ("6", "7", "8"):
        (session.folder / f"{name}.csv").write_text(f"id,title\n{name},{name}\n")
    assert session.run("load", "movies", "6.csv", "7.csv", "8.csv") == 1
    assert "3 files, 1 refused, 2 rows: 2 accepted" in session.stdout.getvalue()
    assert "Refused 7.csv: the engine refused its rows, and nothing of it is loaded." in session.stderr.getvalue()


@pytest.mark.parametrize("name", ["a.csv", "b.csv", "a.ndjson", "a.parquet", "a.arrow"])
def test_the_work_grows_as_the_columns_do(tmp_path: Path, name: str) -> None:
    """A small file of many columns must not hold up the files behind it; counted in calls, not in seconds."""
    calls = []
    for count in (400, 800):
        table = two(**{f"c{number}": pa.array(["x", "y"]) for number in range(count)})
        (tmp_path / name).write_bytes(WRITERS[name](table))
        with cProfile.Profile() as profile:
            hold_file("viewing_sessions", tmp_path / name, name, Options())
        calls.append(sum(entry.callcount for entry in profile.getstats()))
    assert calls[1] < 2.2 * calls[0], calls


def _as_csv(table: pa.Table) -> bytes:
    rows = [table.column_names, *(map(str, row.values()) for row in table.to_pylist())]
    return "".join(",".join(row) + "\n" for row in rows).encode()


WRITERS = {
    "a.csv": _as_csv,
    # A quote that begins no cell: such a block is read record by record.
    "b.csv": lambda table: _as_csv(table).replace(b"y\n", b'7" y\n'),
    "a.ndjson": lambda table: b"".join(orjson.dumps(row) + b"\n" for row in table.to_pylist()),
    "a.parquet": parquet,
    "a.arrow": arrow,
}
