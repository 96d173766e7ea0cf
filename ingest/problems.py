"""What can be wrong with a file: a problem with one row, or the refusal of the whole file."""

from dataclasses import dataclass
from enum import StrEnum

from warehouse.errors import BadInput


class Reason(StrEnum):
    """Why a row can't be loaded."""

    MISSING_VALUE = "MISSING_VALUE"
    BAD_VALUE = "BAD_VALUE"
    BAD_ROW = "BAD_ROW"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one row. `number` counts from 1, in `unit`s: rows or lines, depending on the format.

    `original` is the row in the file: a JSON object of its cells, or its text if it can't be parsed. `person` is the
    key of the user that it names, if known. `column` is the one that is wrong, if it is one.
    """

    unit: str
    number: int
    reason: Reason
    sentence: str
    original: str
    person: int | None = None
    column: str = ""

    @property
    def place(self) -> str:
        """Its place, as shown to people: `row 1,234`."""
        return f"{self.unit} {self.number:,}"


class WrongProfile(BadInput):
    """A profile that is unknown, malformed, or of another table."""


class FileRefused(BadInput):
    """A file that is not loaded at all; `reason` says where the fault is, what was found and what was expected."""

    def __init__(self, file: str, reason: str) -> None:
        self.file = file
        self.reason = reason
        super().__init__(f"{file}: {reason}")


class TooManyRows(FileRefused):
    """A file with more rows, or larger ones, than may come at once."""


class ColumnNotAllowed(FileRefused):
    """A file with a column that its sender may not send."""
