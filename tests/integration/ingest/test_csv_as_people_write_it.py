"""CSV as people and their tools write it: what each cell is read as, and which rows are left aside."""

from pathlib import Path

import pytest

from ingest.files.dialect import Dialect
from ingest.loading.held_files import Held
from ingest.loading.load_file import opened
from ingest.loading.options import Options
from ingest.profiles.profile import Profile
from ingest.readers import csv as csv_reader
from ingest.readers import csv_splitting

NOW_S = 1_795_000_000
PLAIN = Dialect()


def films(
    content: bytes, folder: Path, dialect: Dialect = PLAIN, name: str = "a.csv"
) -> tuple[list[tuple[str | None, str | None]], list[int]]:
    """The titles and directors that a file has, and the lines that are left aside."""
    path = folder / name
    path.write_bytes(content)
    held = Held()
    with opened("movies", path, name, Options(Profile(dialect=dialect)), NOW_S) as file:
        file.pour(held, file.validated())
    rows = [(row["title"], row["director"]) for batch, _ in held.batches for row in batch.to_pylist()]
    return rows, [one.row for one in held.rejects]


def film(cells: bytes) -> bytes:
    """A film with the cells title and director, between two others."""
    return b"id,title,director\n1,a,b\n2," + cells + b"\n3,c,d\n"


WRITTEN: dict[str, tuple[bytes, str | None, str | None]] = {
    "quotes around the first words": (b'"Swing it" magistern,x', '"Swing it" magistern', "x"),
    "backslashes before quotes": (rb'"The \"Best\" Film",x', 'The "Best" Film', "x"),
    "backslashes before quotes, and a comma": (rb'"The \"Best, Film\"",x', 'The "Best, Film"', "x"),
    "a backslash before a backslash": (rb'"The \"Best\" \\ Film",x', 'The "Best" \\ Film', "x"),
    "a backslash before the closing quote": (rb'"C:\",x', "C:\\", "x"),
    "inches": (b'7" Single,x', '7" Single', "x"),
    "inches twice": (b'7" Single,12" Mix', '7" Single', '12" Mix'),
    "a quote alone": (b'",",x', ",", "x"),
    "a quote that opens nothing": (b'"open,"x" y', '"open', '"x" y'),
    "doubled quotes": (b'"a ""b"", c",x', 'a "b", c', "x"),
    "nothing but quotes": (b'"""""",x', '""', "x"),
    "a bare carriage return": (b"a\rb,x", "a\rb", "x"),
    "a bare carriage return in quotes": (b'"a\rb",x', "a\rb", "x"),
    "a carriage return before a comma": (b"a\r,x", "a\r", "x"),
    "line ends in quotes": (b'"a\r\nb\nc",x', "a\r\nb\nc", "x"),
    "empty cells beyond the header": (b"a,x,,", "a", "x"),
    "\\N is a text unless a profile says otherwise": (rb"a,\N", "a", "\\N"),
    "signs that end lines elsewhere": ("a\x0b\x0c\x85\u2028b,x".encode(), "a\x0b\x0c\x85\u2028b", "x"),
}


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_a_cell_is_read_as_its_writer_meant_it(tmp_path: Path, name: str, ends: bytes) -> None:
    cells, title, director = WRITTEN[name]
    content = b"id,title,director" + ends + b"1,a,b" + ends + b"2," + cells + ends + b"3,c,d" + ends
    assert films(content, tmp_path) == ([("a", "b"), (title, director), ("c", "d")], [])


@pytest.mark.parametrize(("block", "lines"), [(40, 100), (64, 100), (100, 100), (10_000, 1), (10_000, 2), (100, 1)])
def test_a_cell_is_read_the_same_wherever_blocks_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, lines: int
) -> None:
    monkeypatch.setattr(csv_splitting, "BLOCK_BYTES", block)
    monkeypatch.setattr(csv_reader, "BLOCK_LINES", lines)
    rows = [(cells, (title, director)) for cells, title, director in WRITTEN.values()]
    records = b"".join(b"%d,%s\n" % (number, cells) for number, (cells, _) in enumerate(rows))
    assert films(b"id,title,director\n" + records, tmp_path) == ([row for _, row in rows], [])


BEFORE: dict[str, bytes] = {
    "a line that names the delimiter": b"sep=;\nid;title;director\n1;a,b;c\n2;d;e\n",
    "a line that names the delimiter in quotes": b'"sep=;"\r\nid;title;director\r\n1;a,b;c\r\n2;d;e\r\n',
    "a byte order mark": '\ufeffid,title,director\n1,"a,b",c\n2,d,e\n'.encode(),
    "two byte order marks": '\ufeff\ufeffid,title,director\n1,"a,b",c\n2,d,e\n'.encode(),
    "a byte order mark before quotes": '\ufeff"id","title","director"\n1,"a,b",c\n2,d,e\n'.encode(),
    "UTF-16": 'id,title,director\n1,"a,b",c\n2,d,e\n'.encode("utf-16"),
    "UTF-16 without a mark": 'id,title,director\n1,"a,b",c\n2,d,e\n'.encode("utf-16-le"),
    "UTF-16 of the other end without a mark": 'id,title,director\n1,"a,b",c\n2,d,e\n'.encode("utf-16-be"),
    "UTF-32": 'id,title,director\n1,"a,b",c\n2,d,e\n'.encode("utf-32"),
    "blanks around names": b' id , title,director \n1,"a,b",c\n2,d,e\n',
    "blanks that nobody sees": 'id\u00a0,\u00a0title,director\u200b\n1,"a,b",c\n2,d,e\n'.encode(),
    "columns without a name behind": b'id,title,director,,\n1,"a,b",c,,\n2,d,e,,\n',
    "a column without a name before": b',id,title,director\n0,1,"a,b",c\n1,2,d,e\n',
    "columns twice that nobody wants": b'id,title,director,x,x\n1,"a,b",c,1,2\n2,d,e,3,4\n',
    "the mark of DOS behind": b'id,title,director\n1,"a,b",c\n2,d,e\n\x1a',
    "old line ends": b'id,title,director\r1,"a,b",c\r2,d,e\r',
    "mixed line ends": b'id,title,director\n1,"a,b",c\r\n2,d,e\n',
}


@pytest.mark.parametrize("name", BEFORE)
def test_a_file_begins_and_ends_as_tools_let_it(tmp_path: Path, name: str) -> None:
    assert films(BEFORE[name], tmp_path) == ([("a,b", "c"), ("d", "e")], [])


def test_nul_leaves_three_rows_aside_and_loads_three_hundred(tmp_path: Path) -> None:
    bad = b"".join(b"%d,a\0b,x\n" % number for number in range(3))
    good = b"".join(b"%d,ab,x\n" % number for number in range(3, 303))
    rows, left_aside = films(b"id,title,director\n" + bad + good, tmp_path)
    assert (len(rows), left_aside) == (300, [2, 3, 4])


def test_a_row_of_torn_quotes_leaves_those_around_it_alone(tmp_path: Path) -> None:
    content = film(b'"He said "hi", and left",x').replace(b"3,c,d", b'3,"c, d",e')
    assert films(content, tmp_path) == ([("a", "b"), ("c, d", "e")], [3])


def test_lines_are_counted_through_texts_of_several_lines(tmp_path: Path) -> None:
    content = b'id,title,director\n1,"a\nb",7" x\n2,torn\n\n3,"c\n\nd",e\nx,y,z\n'
    assert films(content, tmp_path) == ([("a\nb", '7" x'), ("c\n\nd", "e")], [4, 9])


DIALECTS: dict[str, tuple[bytes, Dialect, list[tuple[str | None, str | None]]]] = {
    "two colons": (b"id::title::director\n1::a:b::c\n2::d::\n", Dialect("::"), [("a:b", "c"), ("d", None)]),
    "single quotes": (b"id,title,director\n1,'a, ''b''',c\n", Dialect(quote="'"), [("a, 'b'", "c")]),
    "no quotes": (b'id\ttitle\tdirector\n1\t"a\tb"\n', Dialect("\t", quote=None), [('"a', 'b"')]),
    "escapes": (
        b'id,title,director\n1,a\\, b,\\N\n2,"a\\"b",c\\\\\n',
        Dialect(escape="\\"),
        [("a, b", "\\N"), ('a"b', "c\\")],
    ),
    "an escaped line end": (b"id,title,director\n1,a\\\nb,c\n", Dialect(escape="\\"), [("a\nb", "c")]),
    "no header": (b"1,a,b\n2,c,d\n", Dialect(header=("id", "title", "director")), [("a", "b"), ("c", "d")]),
    "Windows": (
        "id,title,director\n1,Amélie – 1,b\n".encode("cp1252"),
        Dialect(encoding="cp1252"),
        [("Amélie – 1", "b")],
    ),
    "Shift JIS": (
        "id,title,director\n1,千と千尋,宮崎\n".encode("shift_jis"),
        Dialect(encoding="shift_jis"),
        [("千と千尋", "宮崎")],
    ),
}


@pytest.mark.parametrize("name", DIALECTS)
def test_a_dialect_is_read_as_told(tmp_path: Path, name: str) -> None:
    content, dialect, expected = DIALECTS[name]
    assert films(content, tmp_path, dialect) == (expected, [])


def test_bytes_that_an_encoding_has_not_leave_their_row_aside(tmp_path: Path) -> None:
    content = b"id,title,director\n1,a\x81,b\n2,c,d\n"
    assert films(content, tmp_path, Dialect(encoding="cp1252")) == ([("c", "d")], [2])
    half = "id,title,director\n1,a,b\n".encode("utf-16-le") + b"2\0,\0\x00\xd8,\0c\0\n\0"
    assert films(half, tmp_path) == ([("a", "b")], [3])
