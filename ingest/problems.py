"""What can be wrong with a file: a problem with one row, and the refusal of the whole."""

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
    """What is wrong with one row: the `number`th from 1, counted in `unit`s, rows or lines as the format counts.

    `original` is the row as the file has it: a JSON object of its cells, or the text that is no row. `person` is the
    key of the user that it names, where that can be told.
    """

    unit: str
    number: int
    reason: Reason
    sentence: str
    original: str
    person: int | None = None

    @property
    def place(self) -> str:
        """Where it is, to read: `row 1,234`."""
        return f"{self.unit} {self.number:,}"


class FileRefused(BadInput):
    """A file that is not loaded at all; `reason` says where in it, what was found and what is expected."""

    def __init__(self, file: str, reason: str) -> None:
        self.file = file
        self.reason = reason
        super().__init__(f"{file}: {reason}")


class TooManyRows(FileRefused):
    """A file that has more rows than may come at once."""
