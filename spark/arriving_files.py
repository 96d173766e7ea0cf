"""Arriving session files as a stream of their cells, as texts: CSV with a header, NDJSON and Parquet.

Spark's own file readers are not used: its CSV reader takes columns by position, which differs between files, and its
Parquet reader fails the stream if ids are numbers in one file and texts in the next. So Spark streams the files' paths,
and each task reads its files with Arrow, by column name. An unreadable piece becomes a row with the reason in `fault`:
it is counted, and does not end the stream.
"""

import csv
import io
import json
import sys
import uuid
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
from pyarrow import fs
from pyspark import cloudpickle
from pyspark.sql import DataFrame, SparkSession

from spark import instants
from spark.instants import as_seconds
from spark.parquet import literal_path

REQUIRED = ("id", "user_id", "movie_id", "start_time", "watch_duration_minutes")
OPTIONAL = ("completion_rate", "device_type", "buffering_count")
CELLS = (*REQUIRED, *OPTIONAL)
# Unfinished files have another extension, or begin with a dot, and Spark skips those.
NAMES = "*.{csv,ndjson,jsonl,parquet}"

_SCHEMA = pa.schema([(name, pa.string()) for name in (*CELLS, "fault")])
_BATCH_ROWS = 16_384
_BLOCK_BYTES = 4 << 20
_LONGEST_LINE_BYTES = 16 << 20


def arriving(spark: SparkSession, folder: str, files_a_batch: int) -> DataFrame:
    """The cells of the files in a folder, the oldest files first: the columns `CELLS`, and fault, all texts or NULL.

    A file is read once, by its path, however old it is when it arrives: by default Spark skips files a week older than
    the newest.
    """
    files = (
        spark.readStream.format("binaryFile")
        .schema("path string, modificationTime timestamp, length bigint, content binary")
        .option("pathGlobFilter", NAMES)
        .option("maxFileAge", "36500d")
        .option("maxFilesPerTrigger", files_a_batch)
        .load(literal_path(folder))
    )
    # The workers of a cluster have Arrow, but not these modules: they are sent along.
    for module in (sys.modules[__name__], instants):
        cloudpickle.register_pickle_by_value(module)  # type: ignore[no-untyped-call]
    # Only the path: Spark does not load what is in the files.
    return files.select("path").mapInArrow(_read_all, ", ".join(f"{name} string" for name in _SCHEMA.names))


def _read_all(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for path in batch["path"].to_pylist():
            yield from read_file(path)


def read_file(path: str) -> Iterator[pa.RecordBatch]:
    """A file's cells, in the columns `CELLS` and fault; a broken file is read up to the damage.

    Raises: OSError if the place does not answer: the file may be fine, and the stream must retry it.
    """
    name = PurePosixPath(path).name
    system, inside = _located(path)
    reader = {".csv": _csv, ".parquet": _parquet}.get(PurePosixPath(path).suffix, _ndjson)
    try:
        with system.open_input_file(inside) as file:
            yield from map(_with_seconds, reader(file))
    except FileNotFoundError:
        yield _faults([f"{name}: the file is gone"])
    except (_Unusable, csv.Error, pa.ArrowException, OSError) as error:
        # The system's errors have a number; Arrow's own, of broken bytes, have none.
        if isinstance(error, OSError) and error.errno is not None:
            raise
        yield _faults([f"{name}: {str(error).splitlines()[0]}"])


def _with_seconds(cells: pa.RecordBatch) -> pa.RecordBatch:
    """Cells whose times are digits of seconds."""
    at = cells.schema.get_field_index("start_time")
    return cells.set_column(at, _SCHEMA.field("start_time"), as_seconds(cells.column(at)))


class _Unusable(Exception):
    """The file is not a session file; the message says why."""


def _located(path: str) -> tuple[fs.FileSystem, str]:
    """A path from Spark in Arrow's spelling: local ones unescaped, and `s3` for Spark's `s3a`."""
    if path.startswith("file:"):
        return fs.LocalFileSystem(), path.removeprefix("file:")
    if "://" not in path:
        return fs.LocalFileSystem(), path
    scheme, _, rest = path.partition("://")
    system, inside = fs.FileSystem.from_uri(f"{'s3' if scheme == 's3a' else scheme}://{rest}")
    return system, inside


def _csv(file: pa.NativeFile) -> Iterator[pa.RecordBatch]:
    known = [name for name in CELLS if name in _header(file)]
    _refuse_missing(known)
    torn: list[str] = []

    def skip(row: arrow_csv.InvalidRow) -> str:
        torn.append(f"a row has {row.actual_columns} cells, not {row.expected_columns}")
        return "skip"

    with arrow_csv.open_csv(
        file,
        read_options=arrow_csv.ReadOptions(block_size=_BLOCK_BYTES, use_threads=False),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=skip),
        convert_options=arrow_csv.ConvertOptions(
            # As bytes, so that a text that is not UTF-8 spoils its row and not the file.
            column_types=dict.fromkeys(known, pa.binary()),
            include_columns=known,
            check_utf8=False,
        ),
    ) as reader:
        for batch in reader:
            yield _cells(batch)
    if torn:
        yield _faults(torn)


def _parquet(file: pa.NativeFile) -> Iterator[pa.RecordBatch]:
    reader = pq.ParquetFile(file)
    known = [name for name in CELLS if name in reader.schema_arrow.names]
    _refuse_missing(known)
    for batch in reader.iter_batches(_BATCH_ROWS, columns=known, use_threads=False):
        yield _cells(batch)


def _ndjson(file: pa.NativeFile) -> Iterator[pa.RecordBatch]:
    rows: list[dict[str, str | None]] = []
    buffered = io.BufferedReader(file)
    for line in iter(lambda: buffered.readline(_LONGEST_LINE_BYTES), b""):
        if line.strip():
            rows.append(_object(line))
        if len(rows) == _BATCH_ROWS:
            yield pa.RecordBatch.from_pylist(rows, _SCHEMA)
            rows = []
    if rows:
        yield pa.RecordBatch.from_pylist(rows, _SCHEMA)


def _object(line: bytes) -> dict[str, str | None]:
    try:
        found = json.loads(line.decode("utf-8-sig", errors="replace"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        return {"fault": "a line is not a JSON object"}
    return {name: _text(found[name]) for name in CELLS if name in found}


def _text(value: object) -> str | None:
    """A JSON value as a CSV file would have it. A lone surrogate becomes the mark for broken text."""
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode(errors="replace").decode() if not text.isascii() else text


def _header(file: pa.NativeFile) -> list[str]:
    """The names in a CSV file's first record; the file is at its beginning afterwards.

    Raises: _Unusable.
    """
    head = io.StringIO(file.read(_BLOCK_BYTES).decode("utf-8-sig", errors="replace"), newline="")
    file.seek(0)
    names = next(csv.reader(head), [])
    twice = [name for name in CELLS if names.count(name) > 1]
    if twice:
        raise _Unusable(f"it has the column {twice[0]} more than once")
    return names


def _refuse_missing(known: Collection[str]) -> None:
    """Raises: _Unusable."""
    missing = [name for name in REQUIRED if name not in known]
    if missing:
        raise _Unusable(f"there is no column {missing[0]}")


def _cells(batch: pa.RecordBatch) -> pa.RecordBatch:
    columns = [
        _texts(batch[name]) if name in batch.schema.names else pa.nulls(len(batch), pa.string()) for name in CELLS
    ]
    return pa.record_batch([*columns, pa.nulls(len(batch), pa.string())], schema=_SCHEMA)


def _texts(column: pa.Array) -> pa.StringArray:
    """Any column as texts; an empty one is NULL."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _texts(column.dictionary_decode())
    if isinstance(kind, pa.BaseExtensionType):
        return _texts(column.storage)
    if pa.types.is_fixed_size_binary(kind) and kind.byte_width == 16:
        return pa.array([None if key is None else str(uuid.UUID(bytes=key)) for key in column.to_pylist()], pa.string())
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    try:
        texts = column.cast(pa.string())
    except pa.ArrowException:
        texts = pa.array([_decoded(value) for value in column.to_pylist()], pa.string())
    return pc.if_else(pc.equal(pc.binary_length(texts), 0), pa.scalar(None, pa.string()), texts)


def _decoded(value: object) -> str | None:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return None if value is None else str(value)


def _faults(sentences: list[str]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([{"fault": sentence} for sentence in sentences], _SCHEMA)
