"""Parquet files, some rows at a time; only the wanted columns are read. Checksums of pages are verified."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.problems import FileRefused
from ingest.readers.decoding_errors import refusing_damage
from ingest.readers.decoding_limits import Pieces, batch_rows, check_parquet_metadata, decoded, dictionaries
from ingest.readers.input_file import Source
from ingest.readers.joined_files import refuse_joined
from ingest.readers.rows import Wanted
from ingest.readers.seekable import seekable
from ingest.value_kinds.value_kind import UNITS_PER_S

BATCH_ROWS = 32_768
# Read through a buffer; otherwise a file with one large row group would be held in memory.
BUFFER_BYTES = 4 << 20
MAGIC = b"PAR1"
# From the coarsest on: seconds hold every time that INT96 can.
INT96_UNITS = ("s", "us", "ns")


@contextmanager
def open_parquet(source: Source, wanted: Wanted) -> Iterator[Pieces]:
    """The rows of a Parquet file. A compressed one is unpacked to a temporary file, because the footer is at the end.

    Raises: FileRefused, also while the rows are read.
    """
    with seekable(source) as file, ExitStack() as kept:
        with refusing_damage(source):
            check_parquet_metadata(file, source.name)
            metadata = pq.read_metadata(file)
            parquet = kept.enter_context(_opened(file, "ns", dictionaries(metadata)))
            schema = parquet.schema_arrow
            names = schema.names
            if _has_room_for_another(file, parquet.metadata):
                refuse_joined(source, file, MAGIC, pq.read_metadata)
            others = [kept.enter_context(_opened(file, unit)) for unit in INT96_UNITS if _int96(parquet)]
        source.refuse_repeated(names)
        yield Pieces(schema, _batches(source, parquet, others, wanted))


def _opened(file: pa.NativeFile, int96_unit: str, dictionaries: Sequence[str] = ()) -> pq.ParquetFile:
    return pq.ParquetFile(
        file,
        buffer_size=BUFFER_BYTES,
        page_checksum_verification=True,
        coerce_int96_timestamp_unit=int96_unit,
        read_dictionary=list(dictionaries),
    )


def _batches(
    source: Source, parquet: pq.ParquetFile, by_unit: Sequence[pq.ParquetFile], wanted: Wanted
) -> Iterator[tuple[int, pa.RecordBatch]]:
    first, total = 1, parquet.metadata.num_rows
    # The names in a damaged footer, and the places that rows have in a dictionary, are not looked at before.
    with refusing_damage(source):
        columns = list(filter(wanted.takes, parquet.schema_arrow.names))
        old = [name for name in _int96(parquet) if name in columns]
        rows = batch_rows(parquet.metadata, BATCH_ROWS)
        batches = parquet.iter_batches(rows, columns=columns)
        exact = [other.iter_batches(rows, columns=old) for other in by_unit if old]
        for batch in batches:
            units = (next(other, None) for other in exact)
            exactly = _with_exact(batch, [unit for unit in units if unit is not None])
            yield from decoded(source.name, exactly, wanted, first)
            first += batch.num_rows
            source.read_bytes = source.size_bytes * (first - 1) // max(1, total)
    if first - 1 != total:
        raise FileRefused(source.name, f"it is damaged: its footer says {total:,} rows, and it has {first - 1:,}")


def _int96(parquet: pq.ParquetFile) -> list[str]:
    """The columns of the deprecated type INT96, outside of lists and structs."""
    schema = parquet.schema
    columns = map(schema.column, range(len(schema)))
    return [column.path for column in columns if column.physical_type == "INT96" and "." not in column.path]


def _with_exact(batch: pa.RecordBatch, by_unit: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    """The batch with its INT96 columns in the finest unit that holds all their times: nanoseconds end in 2262, and
    would wrap round to another year.
    """
    if not by_unit:
        return batch
    for name in by_unit[0].schema.names:
        place = batch.schema.get_field_index(name)
        column = _finest([other.column(name) for other in by_unit])
        batch = batch.set_column(place, name, column)
    return batch


def _finest(by_unit: Sequence[pa.TimestampArray]) -> pa.TimestampArray:
    coarsest = by_unit[0]
    for column in reversed(by_unit):
        seconds = column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
        told = coarsest.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
        if (seconds // UNITS_PER_S[column.type.unit] == told).all():
            return column
    return coarsest


def _has_room_for_another(file: pa.NativeFile, metadata: pq.FileMetaData) -> bool:
    """Whether anything is between the rows and the footer: an index of pages, or other files."""
    groups = map(metadata.row_group, range(metadata.num_row_groups))
    chunks = (group.column(place) for group in groups for place in range(group.num_columns))
    end = max((_start(chunk) + chunk.total_compressed_size for chunk in chunks), default=len(MAGIC))
    return bool(end < file.size() - metadata.serialized_size - 2 * len(MAGIC))


def _start(chunk: pq.ColumnChunkMetaData) -> int:
    starts = (chunk.dictionary_page_offset, chunk.data_page_offset)
    return min(int(start) for start in starts if start is not None)
