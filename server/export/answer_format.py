"""The formats of answers as files: `format=` of `/api`, `--format` of `marquee query`."""

from enum import StrEnum

from ingest.files.file_format import FileFormat


class AnswerFormat(StrEnum):
    """What an answer's file is; also the end of its name."""

    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"
    ARROW = "arrow"
    XLSX = "xlsx"

    @property
    def is_text(self) -> bool:
        """Whether people can read it as it is."""
        return self in (AnswerFormat.CSV, AnswerFormat.NDJSON)

    @property
    def media_type(self) -> str:
        """What HTTP calls it."""
        return _XLSX if self is AnswerFormat.XLSX else FileFormat(self.value).media_type


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
