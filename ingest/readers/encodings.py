"""Text of any encoding as UTF-8. Bytes that are not valid in it become bytes that are not valid UTF-8, so that a bad
cell costs only its own row.
"""

import codecs
from typing import Protocol

from ingest.problems import FileRefused

READ_BYTES = 1 << 20
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOKED_AT_BYTES = 1_024
# Of which so many at least must be NUL for UTF-16 without a mark.
_LEAST_SHARE = 0.4


class Bytes(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, `size` at most; none at the end."""


class Utf8:
    """A stream of text in an encoding, as UTF-8."""

    def __init__(self, stream: Bytes, encoding: str, file: str) -> None:
        # A surrogate alone is what Python reads for half a pair, and for a byte that is none of the encoding.
        errors = "surrogatepass" if encoding.replace("_", "-").lower().startswith("utf-") else "surrogateescape"
        self._decoder = codecs.getincrementaldecoder(encoding)(errors)
        self._stream = stream
        self._file = file
        self._kept = b""

    def read(self, size: int, /) -> bytes:
        """The next bytes of UTF-8.

        Raises: FileRefused where the file ends within a character, or has bytes that are not text at all.
        """
        while len(self._kept) < size and (taken := bytes(self._stream.read(READ_BYTES))):
            self._kept += self._decoded(taken, is_last=False)
        if len(self._kept) < size:
            self._kept += self._decoded(b"", is_last=True)
        given, self._kept = self._kept[:size], self._kept[size:]
        return given

    def _decoded(self, taken: bytes, *, is_last: bool) -> bytes:
        try:
            return self._decoder.decode(taken, is_last).encode("utf-8", "surrogatepass")
        except UnicodeError as error:
            reason = "it is cut off" if is_last else "it is damaged or of another encoding"
            raise FileRefused(self._file, f"{reason}: {str(error)[:200]}") from error


def encoding_of(head: bytes) -> str | None:
    """The encoding that the first bytes show; None for UTF-8 and those that can't be told from it."""
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if marked:
        return marked
    looked_at = head[:_LOOKED_AT_BYTES]
    least = len(looked_at) * _LEAST_SHARE
    if looked_at[1::2].count(0) > least:
        return "utf-16-le"
    return "utf-16-be" if looked_at[::2].count(0) > least else None
