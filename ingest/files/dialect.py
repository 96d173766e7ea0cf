"""How a text file is written: its encoding, and for CSV what stands between cells and around them."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.readable_names import cut
from warehouse.errors import BadInput

QUOTE = '"'
BACKSLASH = "\\"
_LINE_ENDS = "\r\n"
# Codecs of Python that no file is written in: some take time that grows with the square of a text.
_OF_NO_FILE = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "charmap"})


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a file's name and first bytes don't say.

    Without a `delimiter` it is found, see `readers/csv_delimiter.py`. Without a `quote` quotes are signs like others.
    An `escape` takes its meaning from the sign behind it. Without an `encoding` the file is UTF-8, or UTF-16 or UTF-32
    if its first bytes show it. With a `header` the file has none, and these are its columns.
    """

    delimiter: str | None = None
    quote: str | None = QUOTE
    escape: str | None = None
    encoding: str | None = None
    header: tuple[str, ...] | None = None


def checked(dialect: Dialect) -> Dialect:
    """The dialect, if files can be read so.

    Raises: BadInput.
    """
    delimiter, quote, escape = dialect.delimiter, dialect.quote, dialect.escape
    if delimiter is not None:
        _check_delimiter(delimiter, {"quote": quote, "escape": escape, "backslash": BACKSLASH})
    for name, sign in (("quote", quote), ("escape", escape)):
        if sign is not None and (len(sign) != 1 or not _is_sign(sign) or sign == delimiter):
            raise BadInput(f"the {name} is {cut(repr(sign))}, expected one ASCII character other than the delimiter")
    if dialect.encoding is not None:
        _check_encoding(dialect.encoding)
    return dialect


def _check_delimiter(delimiter: str, others: Mapping[str, str | None]) -> None:
    found = f"the delimiter is {cut(repr(delimiter))}"
    if not delimiter or not _is_sign(delimiter) or QUOTE in delimiter:
        raise BadInput(f"{found}, expected one ASCII character, some of them such as ::, or tab")
    for name, sign in others.items():
        if sign and sign in delimiter:
            raise BadInput(f"{found}, which has the {name} in it: cells couldn't be told apart")


def _check_encoding(encoding: str) -> None:
    try:
        "".encode(encoding)
        is_of_files = codecs.lookup(encoding).name.replace("-", "_") not in _OF_NO_FILE
    except (LookupError, ValueError):
        is_of_files = False
    if not is_of_files:
        raise BadInput(f"the encoding is {cut(repr(encoding))}, which is unknown; try utf-8 or cp1252")


def _is_sign(text: str) -> bool:
    return text.isascii() and not any(end in text for end in _LINE_ENDS)
