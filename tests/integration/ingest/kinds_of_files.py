"""Kinds of files that people have, and what becomes of each: its bytes, and how many of its rows are accepted and how
many left aside, or why it is refused.

Film 1 and user 1 are loaded. Every kind is a row of the table that `test_any_file_people_have.py` loads, posts and
drops into a watched folder.
"""

import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import ipc

SESSION = '{"id":%d,"user_id":1,"movie_id":1,"start_time":"2026-05-01T10:00:00Z","watch_duration_minutes":90'


@dataclass(frozen=True)
class Kind:
    """A file. `refused` is part of the reason; otherwise `accepted` rows load and `reasons` says what is left aside."""

    name: str
    content: bytes
    accepted: int = 0
    left_aside: int = 0
    refused: str = ""
    table: str = "viewing_sessions"


def line(number: int, more: str = "") -> str:
    """A line of NDJSON: a session."""
    return SESSION % number + more + "}\n"


GOOD = line(2) + line(3)


def ndjson(more: str, left_aside: int = 1) -> Kind:
    """A session with more in it, and two plain ones behind."""
    return Kind("a.ndjson", (line(1, more) + GOOD).encode(), 3 - left_aside, left_aside)


def nested(opening: str, closing: str, levels: int, left_aside: int = 1, inner: str = "", name: str = "x") -> Kind:
    """A session with a value in so many brackets."""
    return ndjson(f',"{name}":' + opening * levels + inner + closing * levels, left_aside)


ROWS_BOUNDED: dict[str, Kind] = {
    "one path twice": ndjson(',"a.b":2,"a":{"b":3}'),
    "lists in 15 levels": nested("[", "]", 15, left_aside=0),
    "lists in 16 levels": nested("[", "]", 16),
    "lists in 150 levels": nested("[", "]", 150),
    "lists in 300 levels": nested("[", "]", 300),
    "lists in 100,000 levels": nested("[", "]", 100_000),
    "objects in 150 levels": nested('{"a":', "}", 150, inner="1"),
    "objects in 300 levels": nested('{"a":', "}", 300, inner="1"),
    "objects in 5,000 levels": nested('{"a":', "}", 5_000, inner="1"),
    "a wanted value in 300 levels": nested("[", "]", 300, name="device_type"),
    "300 attributes": ndjson("".join(f',"a{number}":1' for number in range(300))),
    "a name of 70,000 characters": ndjson(f',"{"n" * 70_000}":1'),
    "a value of 70,000 characters": ndjson(f',"x":"{"v" * 70_000}"'),
    "half a surrogate pair": ndjson(r',"x":"\ud800"'),
    "half a surrogate pair in a name": ndjson(r',"\ud800":1'),
    "NUL in a name": ndjson(r',"a\u0000b":1'),
    "NUL in a value": ndjson(r',"x":"\u0000"'),
    "not a number": ndjson(',"x":NaN'),
    "a number of 5,000 digits": ndjson(f',"x":{"9" * 5_000}'),
    "a number beyond every float": ndjson(',"x":1e999999'),
    "one name twice": ndjson(',"x":1,"x":2'),
    "a column's name twice": ndjson(',"user_id":1'),
    "one name twice, once escaped": ndjson(r',"x":1,"\u0078":2'),
    "one name twice in an object": ndjson(',"x":{"y":{"z":1,"z":1}}'),
    "one name in two objects": ndjson(',"x":{"z":1},"y":[{"z":1},{"z":2}]', left_aside=0),
    "names within texts": ndjson(r',"x":"{\"x\":1, \"x\" : 2}"', left_aside=0),
    "a number of 30 digits": ndjson(f',"x":{"9" * 30}', left_aside=0),
    "a line of Latin-1": Kind("a.ndjson", line(1, ',"x":"é"').encode("latin-1") + GOOD.encode(), 2, 1),
    "the first line is torn": Kind("a.ndjson", b'{"id":\n' + GOOD.encode(), 2, 1),
    "an NDJSON file of nothing but torn lines": Kind("a.ndjson", b'{"id":\n{"id":\n', refused="is not valid JSON"),
    "a deep value in a column that is not kept": Kind(
        "a.ndjson",
        f'{{"id":5,"title":"a","x":{"[" * 900}{"]" * 900}}}\n{{"id":6,"title":"b"}}\n'.encode(),
        2,
        table="movies",
    ),
}

TWO: dict[str, pa.Array] = {
    "id": pa.array([1, 2]),
    "user_id": pa.array([1, 1]),
    "movie_id": pa.array([1, 1]),
    "start_time": pa.array(["2026-05-01T10:00:00Z"] * 2),
    "watch_duration_minutes": pa.array([90, 80]),
}


def stream(table: pa.Table) -> bytes:
    """An Arrow stream."""
    return _written(ipc.new_stream, table)


def arrow(table: pa.Table) -> bytes:
    """An Arrow file."""
    return _written(ipc.new_file, table)


def _written(new: Callable[..., Any], table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with new(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def parquet(table: pa.Table, **options: Any) -> bytes:
    """A Parquet file."""
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def two(**changed: pa.Array) -> pa.Table:
    """Two sessions with other columns."""
    return pa.table({**TWO, **changed})


def films(**more: pa.Array) -> pa.Table:
    """Two films with more columns."""
    return pa.table({"id": pa.array([5, 6]), "title": pa.array(["a", "b"]), **more})


def of(left_aside: int = 0, refused: str = "", **changed: pa.Array) -> Kind:
    """Two sessions as an Arrow file; Parquet lacks some of its types."""
    return Kind("a.arrow", arrow(two(**changed)), 0 if refused else 2 - left_aside, left_aside, refused)


def films_of(left_aside: int = 0, refused: str = "", **more: pa.Array) -> Kind:
    """Two films as an Arrow file."""
    return Kind("a.arrow", arrow(films(**more)), 0 if refused else 2 - left_aside, left_aside, refused, "movies")


def parquet_films_of(**more: pa.Array) -> Kind:
    """Two films as a Parquet file, the first of which can't be kept."""
    return Kind("a.parquet", parquet(films(**more)), 1, 1, "", "movies")


def encoded(encoding: str) -> bytes:
    """Two sessions as a Parquet file, in which a text is encoded in a way that others use."""
    return parquet(two(), use_dictionary=False, column_encoding={"start_time": encoding})


def decimals(first: str, second: str, kind: pa.DataType) -> pa.Array:
    """Two decimals of a type."""
    return pa.array([Decimal(first), Decimal(second)], kind)


FAR_US = pa.array([2**62, -(2**62)], pa.timestamp("us"))
FAR_DAYS = pa.array([2**31 - 1, -(2**31)], pa.int32()).view(pa.date32())
RUNS = pa.RunEndEncodedArray.from_arrays(pa.array([2], pa.int32()), pa.array(["TV"]))
VIEWS = pa.array(["TV", "Phone"], pa.string_view())
UNION = pa.UnionArray.from_dense(
    pa.array([0, 1], pa.int8()), pa.array([0, 0], pa.int32()), [pa.array([1]), pa.array(["x"])]
)
INT96 = parquet(
    two(x=pa.array([datetime(2500, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)], pa.timestamp("us"))),
    use_deprecated_int96_timestamps=True,
)
CHECKED = parquet(
    two(x=pa.array(["here it is", "b"])),
    write_page_checksum=True,
    compression="none",
    use_dictionary=False,
    write_statistics=False,
)

# Texts that are not UTF-8, as no writer should write them.
NO_TEXTS = pa.array([b"2020-05-1\xff", b"2020-05-17"]).view(pa.string())
NO_TEXT_LISTS = pa.ListArray.from_arrays(pa.array([0, 1, 2], pa.int32()), NO_TEXTS)

ARROW_TYPES: dict[str, Kind] = {
    "nanoseconds in a column of one's own": of(x=pa.array([1, 1714557600123456789], pa.timestamp("ns"))),
    "nanoseconds of a zone": of(x=pa.array([1, 2**62], pa.timestamp("ns", "Europe/Berlin"))),
    "a zone that nobody knows": of(x=pa.array([1, 2], pa.timestamp("s", "Mars/Olympus"))),
    "times of the day in nanoseconds": of(x=pa.array([1, 86_399_999_999_999], pa.time64("ns"))),
    "durations": of(x=pa.array([1, 2**63 - 1], pa.duration("ns"))),
    "intervals": of(x=pa.array([(1, 2, 3), (4, 5, 2**62)], pa.month_day_nano_interval())),
    "dates beyond Python's": of(x=FAR_DAYS),
    "times beyond Python's": of(x=FAR_US),
    "nanoseconds in lists": of(x=pa.array([[1], [2**62]], pa.list_(pa.timestamp("ns")))),
    "nanoseconds as keys of maps": of(x=pa.array([[(1, 2)], [(2**62, 4)]], pa.map_(pa.timestamp("ns"), pa.int64()))),
    "a dictionary of nanoseconds": of(x=pa.array([1, 2**62], pa.timestamp("ns")).dictionary_encode()),
    "a union of its own": of(x=UNION),
    "lists in 21 levels": of(left_aside=1, x=pa.array([[[[[[[[[[[[[[[[[[[[[["d"]]]]]]]]]]]]]]]]]]]]], None])),
    "bytes that are a text": of(x=pa.array([b"a", b"b"])),
    "bytes that are no text": of(left_aside=1, x=pa.array([b"\xff\xfe", b"b"])),
    "views of bytes that are no text": of(left_aside=1, x=pa.array([b"\xff\xfe", b"b"], pa.binary_view())),
    "bytes of a fixed size that are no text": of(left_aside=1, x=pa.array([b"\xff\xfe", b"bb"], pa.binary(2))),
    "maps whose key is no text": of(
        left_aside=1, x=pa.array([[(b"\xff", 2)], [(b"b", 4)]], pa.map_(pa.binary(), pa.int64()))
    ),
    "UUIDs in a column of one's own": of(x=pa.array([bytes(16), bytes(16)], pa.uuid())),
    "a path twice": Kind("a.arrow", arrow(two(**{"a.b": pa.array([1, 2]), "a": pa.array([{"b": 3}, None])})), 1, 1),
    "views for texts": of(device_type=VIEWS),
    "large texts": of(device_type=pa.array(["TV", "Phone"], pa.large_string())),
    "runs for texts": of(device_type=RUNS),
    "runs for ids": of(user_id=pa.RunEndEncodedArray.from_arrays(pa.array([2], pa.int32()), pa.array([1]))),
    "a dictionary of large texts": of(device_type=pa.array(["TV", "TV"], pa.large_string()).dictionary_encode()),
    "a dictionary of ids": of(id=pa.array([1, 2]).dictionary_encode()),
    "decimals for ids": of(id=decimals("1", "2", pa.decimal128(20, 0))),
    "decimals with zeros for ids": of(id=decimals("1.00", "2.50", pa.decimal128(20, 2)), left_aside=1),
    "wide decimals for ids": of(id=decimals("1", str(2**64), pa.decimal256(70, 0)), left_aside=1),
    "decimals for minutes": of(watch_duration_minutes=decimals("90.12345", "2", pa.decimal128(20, 5))),
    "wide decimals for minutes": of(watch_duration_minutes=decimals("90.12345", "2", pa.decimal256(50, 5))),
    "narrow decimals for minutes": of(watch_duration_minutes=decimals("90.12", "2", pa.decimal32(8, 2))),
    "nanoseconds for the start": of(
        start_time=pa.array([1_777_629_600_123_456_789] * 2, pa.timestamp("ns", "Asia/Tokyo"))
    ),
    "starts beyond Python's": of(start_time=FAR_US, left_aside=2),
    "days beyond Python's for the start": of(start_time=FAR_DAYS, left_aside=2),
    "a duration for minutes": of(
        watch_duration_minutes=pa.array([5_400, 60], pa.duration("s")),
        refused="is of the type duration[s], expected minutes",
    ),
    "truths for a text": of(device_type=pa.array([True, False]), refused="device_type is of the type bool"),
    "structs for ids": of(id=pa.array([{"a": 1}, {"a": 2}]), refused="id is of the type struct<a: int64>"),
    "a union for a text": of(device_type=UNION, refused="device_type is of the type dense_union"),
    "half a day in a date": of(x=pa.array([1, 2], pa.int64()).view(pa.date64()), refused="its column 'x' is damaged"),
    "views in lists of genres": films_of(genres=pa.array([["a"], ["b"]], pa.list_(pa.string_view()))),
    "views of lists of genres": films_of(genres=pa.array([["a"], ["b"]], pa.list_view(pa.string()))),
    "runs in lists of genres": films_of(genres=pa.ListArray.from_arrays(pa.array([0, 1, 2], pa.int32()), RUNS)),
    "a dictionary of lists of genres": films_of(
        genres=pa.DictionaryArray.from_arrays(pa.array([0, 0]), pa.array([["a"]]))
    ),
    "structs in lists of genres": films_of(
        genres=pa.array([[{"name": "a"}], None]), refused="genres is of the type list<item: struct<name: string>>"
    ),
    "days beyond Python's for a release": films_of(release_date=FAR_DAYS, left_aside=2),
    "times beyond Python's for a release": films_of(release_date=pa.array([2**62, 0], pa.timestamp("s")), left_aside=1),
    "a release in a zone that nobody knows": films_of(
        release_date=pa.array([1, 2], pa.timestamp("s", "Mars/X")), refused="is of the type timestamp[s, tz=Mars/X]"
    ),
    "a title that is no text": parquet_films_of(title=NO_TEXTS),
    "a release that is no text": parquet_films_of(release_date=NO_TEXTS),
    "genres that are no texts": parquet_films_of(genres=NO_TEXT_LISTS),
    "a column of one's own that is no text": Kind("a.parquet", parquet(two(x=NO_TEXTS)), 1, 1),
    "a list of one's own that is no text": Kind("a.parquet", parquet(two(x=NO_TEXT_LISTS)), 1, 1),
    "an object of one's own that is no text": Kind(
        "a.parquet", parquet(two(x=pa.StructArray.from_arrays([NO_TEXTS], ["y"]))), 1, 1
    ),
    "a dictionary that is no text": parquet_films_of(title=NO_TEXTS.dictionary_encode()),
    "Arrow that is no text": films_of(title=NO_TEXTS, refused="its column 'title' is damaged"),
    "texts as their lengths": Kind("a.parquet", encoded("DELTA_LENGTH_BYTE_ARRAY"), 2),
    "texts as differences": Kind("a.parquet", encoded("DELTA_BYTE_ARRAY"), 2),
    "INT96 beyond 2262": Kind("a.parquet", INT96, 2),
    "a page whose checksum is wrong": Kind(
        "a.parquet", CHECKED.replace(b"here it is", b"here it IS", 1), refused="could not verify page integrity"
    ),
}


def zstd(content: bytes) -> bytes:
    """A zstd frame."""
    packed: bytes = pa.compress(content, codec="zstd", asbytes=True)
    return packed


FILMS, MORE = b"id,title\n5,a\n", b"6,b\n"
SKIPPED = b"\x50\x2a\x4d\x18\x04\0\0\0abcd"


def packed(name: str, content: bytes, accepted: int = 0, refused: str = "") -> Kind:
    """A compressed file of films."""
    return Kind(name, content, accepted, refused=refused, table="movies")


WHOLE: dict[str, Kind] = {
    "two Parquet files in one": Kind(
        "a.parquet", parquet(two()) + parquet(two(id=pa.array([3, 4]))), refused="it is several Parquet files in one"
    ),
    "two Arrow files in one": Kind(
        "a.arrow", arrow(two()) + arrow(two(id=pa.array([3, 4]))), refused="it is several Arrow files in one"
    ),
    "two Arrow streams in one": Kind("a.arrows", stream(two()) + stream(two(id=pa.array([3, 4]))), 4),
    "two packed Arrow streams": Kind("a.arrows.zst", zstd(stream(two())) + zstd(stream(two(id=pa.array([3, 4])))), 4),
    "two Arrow streams of other columns": Kind(
        "a.arrows", stream(two()) + stream(two(x=pa.array([3, 4]))), refused="several Arrow streams in one"
    ),
    "a stream and a file": Kind("a.arrows", stream(two()) + arrow(two()), refused="the mark at the end"),
    "a file and a stream": Kind("a.arrow", arrow(two()) + stream(two()), refused="cut off, damaged or not Arrow"),
    "something after a stream": Kind("a.arrows", stream(two()) + b"junk", refused="or something follows it"),
    "something after an Arrow file": Kind("a.arrow", arrow(two()) + b"junk", refused="damaged or not Arrow"),
    "something after a Parquet file": Kind("a.parquet", parquet(two()) + b"junk", refused="damaged or not Parquet"),
    "the marks of two files in a value": Kind(
        "a.parquet", parquet(two(x=pa.array(["PAR1PAR1", "y"])), compression="none", write_page_index=True), 2
    ),
    "two gzip members": packed("a.csv.gz", gzip.compress(FILMS) + gzip.compress(MORE), 2),
    "an empty gzip member": packed("a.csv.gz", gzip.compress(b"") + gzip.compress(FILMS), 1),
    "something after gzip": packed("a.csv.gz", gzip.compress(FILMS) + MORE, refused="cut off or damaged"),
    "zeros after gzip": packed("a.csv.gz", gzip.compress(FILMS) + bytes(512), refused="cut off or damaged"),
    "gzip whose second member is cut": packed(
        "a.csv.gz", gzip.compress(FILMS) + gzip.compress(MORE)[:-5], refused="cut off or damaged"
    ),
    "gzip whose checksum is wrong": packed(
        "a.csv.gz", gzip.compress(FILMS)[:-6] + b"\0" + gzip.compress(FILMS)[-5:], refused="cut off or damaged"
    ),
    "two zstd frames": packed("a.csv.zst", zstd(FILMS) + zstd(MORE), 2),
    "zstd frames with one to skip between": packed("a.csv.zst", zstd(FILMS) + SKIPPED + zstd(MORE), 2),
    "a zstd frame to skip first": packed("a.csv.zst", SKIPPED + zstd(FILMS), 1),
    "something after zstd": packed("a.csv.zst", zstd(FILMS) + MORE, refused="cut off or damaged"),
    "zstd whose second frame is cut": packed("a.csv.zst", zstd(FILMS) + zstd(MORE)[:-3], refused="cut off or damaged"),
    "gzip in gzip": packed("a.csv.gz", gzip.compress(gzip.compress(FILMS)), refused="its first bytes are gzip"),
}


def csv(content: str | bytes, accepted: int = 0, left_aside: int = 0, refused: str = "") -> Kind:
    """A CSV file of films."""
    return Kind(
        "a.csv", content if isinstance(content, bytes) else content.encode(), accepted, left_aside, refused, "movies"
    )


# What each cell is read as: `test_csv_as_people_write_it.py`.
CSV: dict[str, Kind] = {
    "quotes around the first words": csv('id,title\n5,"Swing it" magistern\n6,b\n', 2),
    "backslashes before quotes": csv('id,title\n5,"The \\"Best\\" Film"\n6,b\n', 2),
    "inches": csv('id,title\n5,7" Single\n6,b\n', 2),
    "a bare carriage return": csv("id,title\n5,a\rb\n6,b\n", 2),
    "NUL in some rows": csv("id,title\n5,a\0b\n6,b\n\x007,c\n", 1, 2),
    "a line that names the delimiter": csv("sep=;\nid;title\n5;a\n6;b\n", 2),
    "UTF-16": csv("id,title\n5,a\n6,b\n".encode("utf-16"), 2),
    "UTF-16 cut off": csv("id,title\n5,a\n6,b\n".encode("utf-16")[:-1], refused="it is cut off"),
    "two byte order marks": csv("\ufeff\ufeffid,title\n5,a\n", 1),
    "blanks in names": csv(" id ,\u00a0title\n5,a\n", 1),
    "columns without names": csv("id,title,,\n5,a,,\n", 1),
    "a column twice": csv("id,title,title\n5,a,b\n", refused="it has the column 'title' more than once"),
    "a column twice that nobody wants": csv("id,title,x,x\n5,a,b,c\n", 1),
    "a quote that is never closed": csv('id,title\n5,"a\n6,b\n', refused="in line 2 a quote is opened"),
    "a header above a block's size": csv(
        f"id,title,{','.join(f'c{number:07}' for number in range(150_000))}\n1,a{',' * 150_000}\n",
        refused="its header is longer than 1 MiB",
    ),
}

KINDS: dict[str, Kind] = {**ROWS_BOUNDED, **ARROW_TYPES, **WHOLE, **CSV}
