"""The beginning of a CSV file: its columns, and how it is written."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ingest.files.dialect import Dialect
from ingest.problems import FileRefused
from ingest.readable_names import shown
from ingest.readers.csv_block import Layout
from ingest.readers.csv_delimiter import better_delimiter, read_separator_line
from ingest.readers.csv_records import Scanner, UnclosedQuote
from ingest.readers.input_file import BYTE_ORDER_MARK, HEAD_BYTES, Source
from ingest.readers.rows import Wanted

# White space, and signs that nobody sees.
_AROUND = " \t\v\f\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff"


@dataclass(frozen=True, slots=True)
class Header:
    """How the records are written, and the bytes and lines before the first of them."""

    layout: Layout
    size_bytes: int
    lines: int


def read_header(source: Source, wanted: Wanted) -> Header:
    """The columns of a file, by its first record, or as its dialect says.

    Raises: FileRefused.
    """
    head = source.head()
    text = head
    while text.startswith(BYTE_ORDER_MARK):
        text = text.removeprefix(BYTE_ORDER_MARK)
    delimiter, newline, lines = source.delimiter.encode(), b"\n" if b"\n" in head else b"\r", 0
    separator, end = read_separator_line(text)
    if separator:
        text, lines = text[end:], 1
        delimiter = delimiter if source.dialect.delimiter else separator
    layout = _layout(source.dialect, newline, delimiter)
    if source.dialect.header is not None:
        names, end = list(source.dialect.header), 0
    else:
        names, end = _names(source, text, layout)
        lines += text[:end].count(newline)
    columns = list(_told_apart(source, [_cleaned(name, wanted) for name in names], wanted))
    return Header(_layout(source.dialect, newline, delimiter, columns), len(head) - len(text) + end, lines)


def other_delimiter(source: Source, wanted: Wanted) -> str | None:
    """The delimiter by which the file's first line has the most wanted columns, if that is another one."""
    if source.dialect.header is not None:
        return None
    return better_delimiter(source.delimiter, partial(_wanted_by, source, wanted))


def _wanted_by(source: Source, wanted: Wanted, delimiter: str) -> int:
    header = read_header(
        replace(source, delimiter=delimiter, dialect=replace(source.dialect, delimiter=delimiter)), wanted
    )
    return len(wanted.columns.intersection(header.layout.header))


def _layout(dialect: Dialect, newline: bytes, delimiter: bytes, names: Sequence[str] = ()) -> Layout:
    quote, escape = dialect.quote, dialect.escape
    return Layout(
        list(names),
        newline,
        delimiter,
        quote.encode() if quote else None,
        escape.encode() if escape and escape != quote else None,
    )


def _names(source: Source, text: bytes, layout: Layout) -> tuple[list[str], int]:
    if text.lstrip()[:1] in {b"{", b"["}:
        raise FileRefused(source.name, "its name says CSV, but it begins like JSON; NDJSON files end in .ndjson")
    is_all = len(text) < HEAD_BYTES
    try:
        first = next(Scanner(layout).records(text, is_last=is_all), None)
        names = [cell.decode() for cell in first.cells] if first else []
    except (UnclosedQuote, UnicodeDecodeError) as error:
        reason = "its first line is not a CSV header in UTF-8; name another encoding with --encoding"
        raise FileRefused(source.name, reason) from error
    if first is None and not is_all:
        raise FileRefused(source.name, f"its header is longer than {HEAD_BYTES >> 20} MiB")
    if first is None or not any(names):
        raise FileRefused(source.name, "its first line is blank, expected the names of the columns")
    return names, first.end


def _cleaned(name: str, wanted: Wanted) -> str:
    """A name without what can't be seen around it, if it is wanted so."""
    bare = name.strip(_AROUND)
    return bare if bare in wanted.columns or not bare else name


def _told_apart(source: Source, names: Sequence[str], wanted: Wanted) -> Iterator[str]:
    """The names, each once: columns without a name, if there are several, are called by their place, and one that
    nobody wants by its number.

    Raises: FileRefused for a wanted column that comes twice.
    """
    counts, seen = Counter(names), Counter[str]()
    for place, name in enumerate(names, 1):
        seen[name] += 1
        if counts[name] > 1 and name in wanted.columns:
            raise FileRefused(source.name, f"it has the column {shown(name)} more than once")
        if not name and counts[name] > 1:
            yield f"column {place}"
        else:
            yield name if seen[name] == 1 else f"{name} ({seen[name]})"
