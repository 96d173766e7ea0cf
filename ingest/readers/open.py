"""Opening a file with the reader of its format."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from types import MappingProxyType

from ingest.files.file_format import FileFormat
from ingest.readers.columnar_formats import COLUMNAR_FORMATS, open_packed
from ingest.readers.csv import open_csv
from ingest.readers.decoders import Decoders
from ingest.readers.input_file import Source
from ingest.readers.ndjson import open_ndjson
from ingest.readers.rows import Rows, Wanted

READERS: Mapping[FileFormat, Callable[[Source, Wanted], AbstractContextManager[Rows]]] = MappingProxyType(
    {
        FileFormat.CSV: open_csv,
        FileFormat.NDJSON: open_ndjson,
        FileFormat.PARQUET: open_packed,
        FileFormat.ARROW: open_packed,
    }
)


def open_rows(source: Source, wanted: Wanted, decoders: Decoders | None = None) -> AbstractContextManager[Rows]:
    """The wanted columns of a file, open within `with`; `decoders` decode it if it is of a packed format.

    Raises: FileRefused, on entering and while the rows are read.
    """
    if decoders is not None and source.format in COLUMNAR_FORMATS:
        return decoders.open_rows(source, wanted)
    return READERS[source.format](source, wanted)
