"""Messages of a topic: each is a row, or says why it can't be one."""

from collections.abc import Callable
from dataclasses import dataclass

import orjson

from ingest.readers.input_file import BYTE_ORDER_MARK

# Confluent's framing: a zero byte, and the number of the schema in four bytes.
FRAME_BYTES = 5


class Malformed(Exception):
    """A message that can't be a row; its text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `value` is None for a tombstone, and `headers` are kept for dead letters."""

    partition: int
    offset: int
    value: bytes | None
    key: bytes | None = None
    headers: tuple[tuple[str, bytes | None], ...] = ()

    @property
    def size_bytes(self) -> int:
        """How much of a batch it takes."""
        return len(self.value or b"") + len(self.key or b"")


@dataclass(frozen=True, slots=True)
class Row:
    """A message that has a value: a `line` of JSON, or the `fault` for which it has none, and its text."""

    partition: int
    offset: int
    line: str = ""
    fault: str = ""
    original: str = ""


# The JSON of a message's value. Raises: Malformed; Unavailable if the registry can't be asked.
Decode = Callable[[bytes], str]


def row_of(message: Message, decode: Decode) -> Row | None:
    """The row of a message; None for a tombstone, which has none.

    Raises: Unavailable.
    """
    if message.value is None:
        return None
    try:
        return Row(message.partition, message.offset, decode(message.value))
    except Malformed as fault:
        return faulty(message, str(fault))


def faulty(message: Message, fault: str) -> Row:
    """A message that can't be a row, with its text as far as it has one."""
    original = (message.value or b"").decode(errors="backslashreplace")
    return Row(message.partition, message.offset, fault=fault, original=original)


def json_line(value: bytes) -> str:
    """A JSON value as one line. Confluent's framing is passed over, as JSON never begins with a zero byte.

    Raises: Malformed.
    """
    if value[:1] == b"\0":
        value = value[FRAME_BYTES:]
    try:
        text = value.removeprefix(BYTE_ORDER_MARK).decode()
    except UnicodeDecodeError as error:
        raise Malformed("it is not UTF-8, expected a JSON object") from error
    if not text.strip():
        raise Malformed("it is empty, expected a JSON object")
    if "\n" in text or "\r" in text:
        _require_json(text)
    # Between the values of JSON a line break is a blank, and within them there is none.
    return text.replace("\r", " ").replace("\n", " ")


def _require_json(text: str) -> None:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"it is not valid JSON: {error.msg}, at character {error.pos + 1:,}") from error
