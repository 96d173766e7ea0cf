"""Mangled files: valid ones of each format, in which bytes were flipped, cut, doubled, moved, or put in.

Whatever was done, each file is refused by a sentence that Marquee has for it, or its rows are counted; a row that
nobody touched is there as it was sent, and no text is read that the file does not hold.
"""

import csv
import gzip
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa

from ingest.loading.held_files import Held, hold_file
from ingest.loading.options import Options
from ingest.problems import FileRefused
from tests.integration.ingest.kinds_of_files import arrow, parquet, stream, zstd

ROWS = 12
LONGEST_REASON = 3_000
# What the reason says of a fault that Marquee does not know.
UNFORESEEN = "Please report it"
# Signs that mean something in one of the formats, or in none.
NASTY = (
    *(b'"', b'""', b"'", b",", b";", b"\t", b"\r", b"\n", b"\r\n", b"\\", b'\\"', b"\0", b"\xff", b"\xfe", b"\xc3"),
    *(b"\xef\xbb\xbf", b"{", b"}", b"[", b"]", b"[" * 20, b":", b"null", b"NaN", b"1e999", b"-", b"9" * 40),
    *(b"\\u0000", b"\\ud800", b"PAR1", b"ARROW1", b"\xff\xff\xff\xff", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"sep=;\n"),
    *(b"\x1a", b"\x85", b"\xe2\x80\xa8"),
)
# Of these none ends a row, opens a cell, or joins two.
HARMLESS = (b"\xff", b"\xfe", b"\0", b"x", b"-", b"9" * 40, b"\\ud800", b"\x85")
WORDS = ("Heat", 'The "Best" Film', '7" Single', "a, b", "a\nb", "Amélie", "", "0", "NULL", "\\N", "x" * 300, "a|b")
Row = dict[str, Any]


def rows_of(chance: Random) -> list[Row]:
    """Films with titles of all kinds."""
    return [
        {
            "id": number,
            "title": f"{chance.choice(WORDS)} {number}",
            "genres": chance.choice(("Drama|War", "", "Crime")),
            "duration": chance.randrange(1, 300),
            "release_date": f"{chance.randrange(1900, 2026)}-05-0{chance.randrange(1, 9)}",
            "director": chance.choice(WORDS),
        }
        for number in range(1, ROWS + 1)
    ]


def as_csv(rows: Sequence[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_ndjson(rows: Sequence[Row]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _table(rows: Sequence[Row]) -> pa.Table:
    return pa.Table.from_pylist(list(rows))


WRITERS: dict[str, Callable[[Sequence[Row]], bytes]] = {
    "a.csv": as_csv,
    "a.ndjson": as_ndjson,
    "a.parquet": lambda rows: parquet(_table(rows)),
    "b.parquet": lambda rows: parquet(_table(rows), compression="none", use_dictionary=False, write_page_index=True),
    "a.arrow": lambda rows: arrow(_table(rows)),
    "a.arrows": lambda rows: stream(_table(rows)),
    "a.csv.gz": lambda rows: gzip.compress(as_csv(rows)),
    "a.ndjson.zst": lambda rows: zstd(as_ndjson(rows)),
    "a.arrows.zst": lambda rows: zstd(stream(_table(rows))),
}
TEXTS = ("a.csv", "a.ndjson")


def mangled(chance: Random, content: bytes, times: int) -> bytes:
    """The content after so many changes."""
    for _ in range(times):
        at = chance.randrange(len(content) + 1)
        end = min(len(content), at + chance.choice((1, 1, 2, 8, 64, 512)))
        other = chance.randrange(len(content) + 1)
        content = chance.choice(
            (
                content[:at] + bytes(chance.randrange(256) for _ in range(min(end - at, 8))) + content[end:],
                content[:at] + chance.choice(NASTY) + content[at:],
                content[:at] + chance.choice(NASTY) + content[end:],
                content[:at] + content[end:],
                content[:end] + content[at:],
                content[:at],
                content[:other] + content[at:end] + content[other:],
            )
        )
    return content


def mangle(seed: int, folder: Path) -> str:
    """Read a mangled file; returns what became of it.

    Raises: AssertionError.
    """
    chance = Random(f"mangled {seed}")
    rows, name = rows_of(chance), chance.choice(list(WRITERS))
    if name in TEXTS and chance.random() < 0.5:
        return mangle_a_row(chance, rows, name, folder)
    content = mangled(chance, WRITERS[name](rows), chance.choice((1, 1, 2, 5)))
    held = read(content, name, folder)
    if held is None:
        return f"{name} refused"
    if name in TEXTS:
        _require_sent(held, content)
    return f"{name} read"


def mangle_a_row(chance: Random, rows: list[Row], name: str, folder: Path) -> str:
    """Put harmless bytes into one row: the others are there as they were."""
    kept = [{**row, "title": f"Film {row['id']}", "director": "a"} for row in rows]
    lines = WRITERS[name](kept).splitlines(keepends=True)
    touched = chance.randrange(1, ROWS) + (name == "a.csv")
    place = chance.randrange(len(lines[touched]) - 1)
    # Within quotes of JSON, and before the first brace, a sign is harmless as well.
    lines[touched] = lines[touched][:place] + chance.choice(HARMLESS) + lines[touched][place:]
    held = read(b"".join(lines), name, folder)
    assert held is not None, "a row refused its file"
    titles = {row["title"] for row in _good(held)}
    others = {row["title"] for number, row in enumerate(kept, name == "a.csv") if number != touched}
    assert others <= titles, others - titles
    _require_sent(held, b"".join(lines))
    return f"{name} without a row" if held.rejects else f"{name} read"


def read(content: bytes, name: str, folder: Path) -> Held | None:
    """The rows of a file, each counted once; None if it is refused, for a reason that was foreseen."""
    path = folder / name
    path.write_bytes(content)
    reason = "it has more rows than are held in memory. Please report it"
    try:
        held = hold_file("movies", path, name, Options())
    except FileRefused as refused:
        reason = refused.reason
        held = None
    if held is None:
        assert UNFORESEEN not in reason, reason
        assert len(reason) < LONGEST_REASON, len(reason)
        return None
    assert not [one.explanation for one in held.rejects if UNFORESEEN in one.explanation]
    numbers = [number for _, batch in held.batches for number in batch.tolist()] + [one.row for one in held.rejects]
    assert len(numbers) == len(set(numbers)), sorted(numbers)
    return held


def _good(held: Held) -> list[Row]:
    return [row for batch, _ in held.batches for row in batch.to_pylist()]


def _require_sent(held: Held, content: bytes) -> None:
    """Each text is in the file, but for how quotes, backslashes and other signs are written there."""
    sent = _bare(content.decode(errors="replace"))
    for row in _good(held):
        for name in ("title", "director"):
            text = row[name]
            assert text is None or _bare(text) in sent, (name, text)


def _bare(text: str) -> str:
    return "".join(sign for sign in text if sign not in '"\\\n\r' and sign != "\ufeff").replace("n", "")
