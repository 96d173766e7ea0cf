"""The formats in which generated files are written."""

from enum import StrEnum


class FileFormat(StrEnum):
    """A file format, which is also the file name's extension."""

    PARQUET = "parquet"
    CSV = "csv"
    NDJSON = "ndjson"
