"""Write rows of the warehouse as files that `readers` can read: the contract's columns, in CSV, NDJSON or Parquet."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import MappingProxyType

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from ingest.files.file_format import FileFormat
from ingest.rows.contract import Column, contract_for
from ingest.value_kinds import Id, Scaled
from ingest.value_kinds.texts import SEPARATOR
from warehouse.ids import NUMBER_HALF, to_text

Write = Callable[[pa.RecordBatch], object]


def write_file(path: Path, file_format: FileFormat, table: str, batches: Iterable[pa.RecordBatch]) -> None:
    """Write batches of the shape `INCOMING[table]`; an existing file is replaced."""
    columns = contract_for(table, now_s=0).columns
    filed = (_filed(columns, batch) for batch in batches)
    first = next(filed, None)
    if first is None:
        first = _filed(columns, _no_rows(table))
    with WRITERS[file_format](path, first.schema) as write:
        write(first)
        for batch in filed:
            write(batch)


def filed(table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch of the shape `INCOMING[table]` with the columns and units of files."""
    return _filed(contract_for(table, now_s=0).columns, batch)


def _no_rows(table: str) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([], schema=contract_for(table, now_s=0).schema)


def _filed(columns: Iterable[Column], batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with the columns and units of files."""
    return pa.record_batch({column.name: _cells(column, batch[column.target]) for column in columns})


def _cells(column: Column, values: pa.Array) -> pa.Array:
    match column.kind:
        case Id():
            return _ids(values)
        case Scaled(digits=digits):
            return pc.divide(values.cast(pa.float64()), 10.0**digits)
        case _:
            return values


def _ids(keys: pa.FixedSizeBinaryArray) -> pa.Array:
    """Numbers if all values are numbers, else texts."""
    halves = np.frombuffer(keys.buffers()[1], dtype="<u8").reshape(-1, 2)[keys.offset : keys.offset + len(keys)]
    if (halves[:, 1] == NUMBER_HALF).all():
        return pa.array(halves[:, 0])
    return pa.array([to_text(int.from_bytes(key, "little")) for key in keys.to_pylist()], pa.string())


@contextmanager
def _parquet(path: Path, schema: pa.Schema) -> Iterator[Write]:
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        yield writer.write_batch


@contextmanager
def _csv(path: Path, schema: pa.Schema) -> Iterator[Write]:
    flat = pa.schema([(field.name, pa.string() if _is_list(field.type) else field.type) for field in schema])
    with arrow_csv.CSVWriter(path, flat) as writer:
        yield lambda batch: writer.write_batch(_flattened(batch))


def _flattened(batch: pa.RecordBatch) -> pa.RecordBatch:
    """CSV has no lists, so their texts are joined."""
    columns = zip(batch.schema.names, batch.columns, strict=True)
    return pa.record_batch(
        {name: pc.binary_join(values, SEPARATOR) if _is_list(values.type) else values for name, values in columns}
    )


@contextmanager
def _ndjson(path: Path, schema: pa.Schema) -> Iterator[Write]:  # noqa: ARG001
    with path.open("wb") as file:
        yield lambda batch: file.writelines(
            orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z) for row in batch.to_pylist()
        )


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind))


WRITERS: Mapping[FileFormat, Callable[[Path, pa.Schema], AbstractContextManager[Write]]] = MappingProxyType(
    {FileFormat.PARQUET: _parquet, FileFormat.CSV: _csv, FileFormat.NDJSON: _ndjson}
)
