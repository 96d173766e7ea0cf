"""The errors that damaged bytes of Arrow and Parquet can cause: impossible sizes, and names that are not text."""

import pyarrow as pa

DECODING_ERRORS = (pa.ArrowException, OSError, EOFError, MemoryError, UnicodeDecodeError)
