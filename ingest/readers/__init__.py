"""Files as streams of raw columns, of any format, plain or compressed; memory does not grow with the file."""

from ingest.readers.open import open_rows
from ingest.readers.rows import RawRows, Rows, Wanted
from ingest.readers.source import Source

__all__ = ["RawRows", "Rows", "Source", "Wanted", "open_rows"]
