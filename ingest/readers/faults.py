"""The errors that damaged bytes of Arrow and Parquet can cause: sizes beyond all memory, and names that are no text."""

import pyarrow as pa

FAULTS = (pa.ArrowException, OSError, EOFError, MemoryError, UnicodeDecodeError)
