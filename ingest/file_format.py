"""The formats that files of made-up data are written in."""

from enum import StrEnum


class FileFormat(StrEnum):
    """What files can be written as; also the end of their names."""

    PARQUET = "parquet"
    CSV = "csv"
    NDJSON = "ndjson"
