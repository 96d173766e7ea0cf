"""The delimiter of CSV cells: the one given, or that of the file's name or of a first line `sep=;`, or a comma; and
which other one to propose.
"""

import re
from collections.abc import Callable, Sequence

DELIMITERS = (",", ";", "\t", "|", "::")
_BY_SUFFIX = {".tsv": "\t"}
_SEPARATOR_LINE = re.compile(rb'"?sep=([\t -~](?<!["\\]))"?(\r\n|\r|\n)')


def delimiter_of(suffix: str) -> str:
    """The delimiter by the end of a file's name, such as `.tsv`."""
    return _BY_SUFFIX.get(suffix, ",")


def read_separator_line(text: bytes) -> tuple[bytes | None, int]:
    """The delimiter that a first line `sep=;` names, and where that line ends; None and 0 without one."""
    line = _SEPARATOR_LINE.match(text)
    return (line[1], line.end()) if line else (None, 0)


def better_delimiter(present: str, columns_found: Callable[[str], int]) -> str | None:
    """The delimiter by which most wanted columns are found, if that is another than the present one."""
    found = {sign: columns_found(sign) for sign in (present, *DELIMITERS)}
    best = max(found, key=lambda sign: found[sign])
    return best if found[best] > found[present] else None


def most_even_delimiter(lines: Sequence[str]) -> str | None:
    """The delimiter that occurs most often, and equally often, in all lines that are not blank."""
    counts = {sign: [line.count(sign) for line in lines if line] for sign in DELIMITERS}
    even = {sign: found[0] for sign, found in counts.items() if found and found[0] and len(set(found)) == 1}
    return max(even, key=lambda sign: (even[sign], len(sign)), default=None)
