"""How a text file is written: its encoding, and for CSV what stands between cells and around them."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.readable_names import cut
from warehouse.errors import BadInput

QUOTE = '"'
BACKSLASH = "\\"
_LINE_ENDS = "\r\n"
# By the name that Python gives each: files are written in these, and they are read in time that grows with the text.
# Others of Python's codecs are not text at all, or take the square of that time.
_ENCODINGS = frozenset(
    {
        "ascii",
        *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"),
        *(f"iso8859-{part}" for part in range(1, 17) if part != 12),
        *(f"cp{page}" for page in (437, 850, 852, 855, 858, 866, 874, *range(1250, 1259))),
        *("mac-roman", "koi8-r", "koi8-u", "tis-620"),
        *("shift_jis", "cp932", "euc_jp", "euc_kr", "cp949", "gb2312", "gbk", "gb18030", "big5"),
    }
)
_NAMED = (
    "utf-8, utf-16, utf-32, ascii, iso-8859-1 to -16 (latin-1), cp1250 to cp1258 (windows-1252), cp437, cp850, cp852, "
    "cp855, cp858, cp866, cp874, mac-roman, koi8-r, koi8-u, tis-620, shift_jis, cp932, euc-jp, euc-kr, cp949, gb2312, "
    "gbk, gb18030, big5"
)


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
        is_of_files = codecs.lookup(encoding).name in _ENCODINGS
    except (LookupError, ValueError):
        is_of_files = False
    if not is_of_files:
        raise BadInput(f"the encoding is {cut(repr(encoding))}, which is unknown; expected one of {_NAMED}")


def _is_sign(text: str) -> bool:
    return text.isascii() and not any(end in text for end in _LINE_ENDS)
