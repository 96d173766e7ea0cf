"""Files as streams of raw columns, of any format, plain or compressed; memory does not grow with the file."""

from ingest.readers.decoders import Decoders
from ingest.readers.input_file import Source
from ingest.readers.open import open_rows
from ingest.readers.rows import RawRows, Rows, Wanted

__all__ = ["Decoders", "RawRows", "Rows", "Source", "Wanted", "open_rows"]
