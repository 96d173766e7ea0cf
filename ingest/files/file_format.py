"""The formats of files: those that are loaded, written and sent, and the answers of the API as files."""

from enum import StrEnum


class FileFormat(StrEnum):
    """What a file is; also the end of its name."""

    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"
    ARROW = "arrow"

    @property
    def label(self) -> str:
        """As it is written in sentences."""
        return self.upper() if self in (FileFormat.CSV, FileFormat.NDJSON) else self.capitalize()

    @property
    def media_type(self) -> str:
        """What HTTP calls it."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    FileFormat.NDJSON: "application/x-ndjson",
    FileFormat.CSV: "text/csv",
    FileFormat.PARQUET: "application/vnd.apache.parquet",
    FileFormat.ARROW: "application/vnd.apache.arrow.stream",
}
BY_MEDIA_TYPE = {media_type: file_format for file_format, media_type in _MEDIA_TYPES.items()}
