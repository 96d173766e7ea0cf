"""What may stand for files on the command line: patterns, folders, addresses, standard input; and Arrow among them."""

import gzip
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import ipc

from ingest.files.inputs import inputs
from ingest.problems import FileRefused
from tests.integration.ingest.conftest import Session, WriteFile
from tests.integration.ingest.files import ROW, csv_row, read

pytestmark = pytest.mark.slow

USERS = "id,country\n1,DE\n2,FR\n"


def loaded(session: Session, *arguments: str, code: int = 0) -> dict[str, object]:
    session.stdout.truncate(0)
    session.stdout.seek(0)
    assert session.run("load", "users", *arguments, "--json", "--dry-run") == code, session.stderr.getvalue()
    printed: dict[str, object] = json.loads(session.stdout.getvalue())
    return printed


def test_patterns_folders_and_addresses_mean_their_files(session: Session, write: WriteFile) -> None:
    for folder in ("in", "in/deep", "in/.hidden"):
        (session.folder / folder).mkdir()
    for name in ("in/a.csv", "in/deep/b.csv.gz", "in/.hidden/c.csv", "in/_SUCCESS", "in/read.me"):
        write(name, USERS)
    assert loaded(session, "in/*.csv")["files"] == 1
    assert loaded(session, "in/**/*.csv*")["files"] == 3
    assert loaded(session, str(session.folder / "in" / "a.*"))["files"] == 1
    assert loaded(session, "in")["files"] == 2
    assert loaded(session, f"file://{session.folder}/in")["files"] == 2
    for pattern, files in (("in/*.csv", 1), ("in/**/*.csv*", 3), ("*/d*p/*.gz", 1), ("in/**", 5), ("in/*", 3)):
        with inputs([f"file://{session.folder}/{pattern}"], session.resolve, session.stdin, None) as found:
            assert len(found) == files, pattern
    assert session.run("load", "users", f"file://{session.folder}/in/*.tsv") == 2
    assert loaded(session, f"file://{session.folder}/in/deep/b.csv.gz")["rows"] == 2


def test_a_refused_file_of_a_folder_is_named_as_the_caller_would(session: Session, write: WriteFile) -> None:
    (session.folder / "in").mkdir()
    write("in/a.csv", "name\nx\n")
    for given in ("in", "in/*.csv"):
        assert "'file': 'in/a.csv'" in str(loaded(session, given, code=1)["refused"])


def test_standard_input_needs_a_format_and_may_be_compressed(session: Session) -> None:
    session.typed = USERS.encode()
    assert loaded(session, "-", "--format", "csv")["rows"] == 2
    session.typed = gzip.compress(b'{"id": 1}\n{"id": 2}\n{"id": 3}\n')
    assert loaded(session, "-", "--format", "ndjson")["rows"] == 3
    session.typed = b""
    assert loaded(session, "-", "--format", "csv", code=1)["refused"] == [
        {"file": "-", "reason": "it is empty, expected at least a header or one row"}
    ]
    assert session.run("load", "users", "-") == 2


def test_what_is_not_there_is_wrong_usage(session: Session, write: WriteFile) -> None:
    (session.folder / "in").mkdir()
    write("in/read.me", "x")
    for given in ("nowhere.csv", "no*.csv", "in", "xyz://nowhere/a.csv"):
        assert session.run("load", "users", given) == 2, given


def test_a_format_may_be_given_to_a_file_whose_name_says_none(session: Session, write: WriteFile) -> None:
    write("users.txt", USERS)
    assert loaded(session, "users.txt", "--format", "csv")["rows"] == 2
    assert loaded(session, "users.txt", code=1)["rows"] == 0


Writer = Callable[[Path, pa.Table], None]


def _file(path: Path, table: pa.Table) -> None:
    with ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table, max_chunksize=2)


def _stream(path: Path, table: pa.Table) -> None:
    with ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(table, max_chunksize=2)


@pytest.mark.parametrize("write_arrow", [_file, _stream])
def test_arrow_gives_the_rows_of_parquet_and_is_refused_when_cut(tmp_path: Path, write_arrow: Writer) -> None:
    table = pa.table({name: [value] * 5 for name, value in ROW.items()})
    table = table.append_column("quality", pa.array(["4K", None, "4K", "HD", "HD"]).dictionary_encode())
    write_arrow(tmp_path / "a.arrow", table)
    pq.write_table(table, tmp_path / "a.parquet")
    assert read(tmp_path / "a.arrow").combine_chunks().equals(read(tmp_path / "a.parquet").combine_chunks())
    whole = (tmp_path / "a.arrow").read_bytes()
    for cut in (1, 8, 9, 100, len(whole) // 2, len(whole) - 10):
        (tmp_path / "cut.arrow").write_bytes(whole[:-cut])
        with pytest.raises(FileRefused, match="cut off"):
            read(tmp_path / "cut.arrow")


def test_tabs_stand_between_the_cells_of_tsv(write: WriteFile) -> None:
    row = csv_row().replace(",", "\t")
    assert read(write("a.tsv", "\t".join(ROW) + "\n" + row)).num_rows == 1


def test_a_pipe_is_read_like_a_file(session: Session) -> None:
    pipe = session.folder / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(gzip.compress(USERS.encode()),))
    writer.start()
    assert loaded(session, "pipe", "--format", "csv")["accepted"] == 2
    writer.join()


def test_a_descriptor_is_read_like_a_file(session: Session, write: WriteFile) -> None:
    with write("a.csv", USERS).open("rb") as file:
        assert loaded(session, f"/dev/fd/{file.fileno()}", "--format", "csv")["accepted"] == 2
        assert session.run("load", "users", f"/dev/fd/{file.fileno()}") == 2
    assert "has no name that says its format: add --format" in " ".join(session.stderr.getvalue().split())


def test_a_name_that_is_no_utf_8_is_read_and_shown(session: Session) -> None:
    folder = session.folder / "in"
    folder.mkdir()
    name = os.fsdecode(b"caf\xe9.csv.gz")
    (folder / name).write_bytes(gzip.compress(USERS.encode()))
    (folder / os.fsdecode(b"\xff.csv")).write_text("name\nx\n")
    assert loaded(session, f"in/{name}")["accepted"] == 2
    report = loaded(session, "in", code=1)
    assert (report["files"], report["accepted"]) == (2, 2)
    assert report["refused"] == [{"file": "in/\\xff.csv", "reason": "it lacks the required column id; it has name"}]


def test_a_folder_that_can_not_be_read_is_refused_whole(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its other files are not loaded as if they were all. Root may read everything, so the system's refusal is made."""
    (session.folder / "in" / "locked").mkdir(parents=True)
    (session.folder / "in" / "a.csv").write_text(USERS)
    scan = os.scandir

    def refusing(path: str) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert session.run("load", "users", "in") == 2
    said = " ".join(session.stderr.getvalue().replace("│", " ").split())
    assert "in can't be read: Permission denied:" in said
    assert "in/locked" in said.replace(" ", "")
