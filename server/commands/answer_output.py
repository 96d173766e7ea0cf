"""How an answer is handed out: in a format, printed or into a file."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from server.commands.answer_table import printed
from server.commands.exit_codes import WrongUsage
from server.commands.screen import Screen
from warehouse.errors import BadInput

if TYPE_CHECKING:
    from server.commands.local_session import LocalSession
    from server.export.table import Shape

# The name of standard output as a file.
_STDOUT = "-"


class OutputFormat(StrEnum):
    """The output format."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"
    ARROW = "arrow"
    XLSX = "xlsx"

    @property
    def is_file(self) -> bool:
        """Whether it is one of the formats of files, which have all rows of a paged list."""
        return self not in (OutputFormat.TABLE, OutputFormat.JSON)

    @property
    def is_binary(self) -> bool:
        """Whether it is no text, so that a terminal can't show it."""
        return self in (OutputFormat.PARQUET, OutputFormat.ARROW, OutputFormat.XLSX)


def check_output(output: OutputFormat, file: str, raw: bool, screen: Screen) -> None:
    """Raises: WrongUsage for options that do not go together, and for bytes on a terminal."""
    if raw and output is not OutputFormat.CSV:
        raise WrongUsage("--raw is for --format csv only.")
    if output.is_binary and (not file or (file == _STDOUT and screen.width is not None)):
        piped = "" if file else ", or --output - to pipe it into another program"
        raise WrongUsage(f"{output.value} can't be printed. Add --output answer.{output.value}{piped}")


def written(
    shape: "Shape",
    data: Mapping[str, Any],
    output: OutputFormat,
    name: str,
    raw: bool = False,
    screen: Screen = Screen(),  # noqa: B008 - it is frozen
) -> bytes:
    """An answer's data in a format; tables print a word for an empty dimension."""
    match output:
        case OutputFormat.JSON:
            return as_json(data)
        case OutputFormat.TABLE:
            return printed(shape, data, screen).encode()
    from server.export.answer_format import AnswerFormat
    from server.export.files import encoded

    return encoded(shape, data, AnswerFormat(output.value), name, raw)


def as_json(data: Any) -> bytes:
    """Data as indented JSON."""
    return orjson.dumps(data, option=orjson.OPT_INDENT_2)


def hand_out(session: "LocalSession", content: bytes, output: OutputFormat, file: str) -> None:
    """Print, or write into a file; `-` is standard output.

    Raises: BadInput if the file can't be written.
    """
    if output.is_binary and file == _STDOUT:
        session.send(content)
        return
    if file in ("", _STDOUT):
        session.out(content.decode().rstrip("\n"))
        return
    _write(session.resolve(file), content, file)


def _write(path: Path, content: bytes, shown: str) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise BadInput(f"{shown} can't be written: {error.strerror or error}. Check --output.") from error
