"""Opening a file with the reader of its format."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from types import MappingProxyType

from ingest.file_format import FileFormat
from ingest.readers.arrow import open_arrow
from ingest.readers.csv import open_csv
from ingest.readers.input_file import Source
from ingest.readers.ndjson import open_ndjson
from ingest.readers.parquet import open_parquet
from ingest.readers.rows import Rows, Wanted

READERS: Mapping[FileFormat, Callable[[Source, Wanted], AbstractContextManager[Rows]]] = MappingProxyType(
    {
        FileFormat.CSV: open_csv,
        FileFormat.NDJSON: open_ndjson,
        FileFormat.PARQUET: open_parquet,
        FileFormat.ARROW: open_arrow,
    }
)


def open_rows(source: Source, wanted: Wanted) -> AbstractContextManager[Rows]:
    """The wanted columns of a file, open within `with`.

    Raises: FileRefused, on entering and while the rows are read.
    """
    return READERS[source.format](source, wanted)
