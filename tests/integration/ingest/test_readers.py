"""Readers bring what stands in a file: each format, compressed or not, odd line ends, marks and quotes."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.loading.options import Options
from ingest.problems import FileRefused
from ingest.readers import Source, csv_splitting, open_rows
from ingest.readers import csv as csv_reader
from ingest.readers import ndjson as ndjson_reader
from ingest.rows.contract import contract_for
from tests.integration.ingest.conftest import WriteFile
from tests.integration.ingest.files import HEADER, NOW_S, ROW, csv_row, json_row, read, read_with_problems
from warehouse.ids import NUMBER_HALF

ENDINGS = ["", ".gz"]


def ids(table: pa.Table) -> list[int]:
    return [int.from_bytes(key, "little") - (NUMBER_HALF << 64) for key in table["id"].to_pylist()]


@pytest.mark.parametrize("ending", ENDINGS)
def test_csv_and_ndjson_and_parquet_give_the_same_rows(write: WriteFile, tmp_path: Path, ending: str) -> None:
    plain = tmp_path / "plain.parquet"
    pq.write_table(pa.table({name: [value, value] for name, value in ROW.items()}), plain)
    from_parquet = read(write(f"a.parquet{ending}", plain.read_bytes()))
    assert from_parquet.num_rows == 2
    assert from_parquet["watch_minutes_e4"].to_pylist() == [905_000, 905_000]
    assert read(write(f"a.csv{ending}", f"{HEADER}\n{csv_row()}{csv_row()}")).equals(from_parquet)
    assert read(write(f"a.ndjson{ending}", json_row() + json_row())).equals(from_parquet)


def test_zstd_is_read_too(tmp_path: Path) -> None:
    with pa.CompressedOutputStream(str(tmp_path / "a.csv.zst"), "zstd") as file:
        file.write(f"{HEADER}\n{csv_row()}".encode())
    assert read(tmp_path / "a.csv.zst").num_rows == 1


@pytest.mark.parametrize("name", ["a.csv", "a.CSV", "a.ndjson", "a.jsonl", "sessions.2024.csv.gz"])
def test_a_byte_order_mark_is_passed_over(write: WriteFile, name: str) -> None:
    rows = f"{HEADER}\n{csv_row()}" if "csv" in name.lower() else json_row()
    assert read(write(name, b"\xef\xbb\xbf" + rows.encode())).num_rows == 1


def test_csv_takes_crlf_and_quoted_newlines_and_any_order_of_columns(write: WriteFile) -> None:
    header = "watch_duration_minutes,quality,id,user_id,movie_id,start_time"
    text = header + '\r\n5,"a ""good""\r\none, yes",1,2,3,2024-01-01\r\n'
    assert read(write("a.csv", text))["quality"].to_pylist() == ['a "good"\r\none, yes']


def test_an_empty_cell_is_missing_and_na_is_namibia(write: WriteFile) -> None:
    users = read(write("users.csv", 'id,country,username,age\n1,NA,NA,\n2,,"",7\n'), "users")
    assert users["country"].to_pylist() == ["NA", None]
    assert users["username"].to_pylist() == ["NA", None]
    assert users["age"].to_pylist() == [None, 7]


@pytest.mark.parametrize("text", [HEADER, HEADER + "\n", HEADER + "\r\n\r\n"])
def test_a_header_without_rows_is_no_rows(write: WriteFile, text: str) -> None:
    assert read(write("a.csv", text)).num_rows == 0


def test_blank_lines_are_passed_over_and_ndjson_counts_them(write: WriteFile) -> None:
    assert read(write("a.csv", f"{HEADER}\n\n{csv_row()}\n{csv_row(id=2)}\n")).num_rows == 2
    _, problems = read_with_problems(write("a.ndjson", f"\n\n{json_row(user_id='?')}\n"))
    assert [problem.place for problem in problems] == ["line 3"]


def test_columns_beyond_the_contract_become_attributes_of_sessions(write: WriteFile) -> None:
    from_csv = read(
        write("a.csv", f"{HEADER},app,network\n{csv_row(app='ios', network='')}{csv_row(app='', network='')}")
    )
    assert from_csv["attributes"].to_pylist() == [[("app", "ios")], []]
    nested = {"app": {"version": 2, "beta": True}, "empty": None, "at": "2024-01-01T00:00:00Z", "big": 2**60 + 1}
    from_json = read(write("a.ndjson", json_row(**nested) + json_row()))
    assert from_json["attributes"].to_pylist() == [
        [("app.beta", "true"), ("app.version", "2"), ("at", "2024-01-01T00:00:00Z"), ("big", "1152921504606846977")],
        [],
    ]


def test_columns_beyond_the_contract_are_left_out_elsewhere(write: WriteFile) -> None:
    assert read(write("users.csv", "id,shoe_size\n1,43\n"), "users").num_rows == 1


def test_ids_beyond_a_float_survive_every_format(write: WriteFile, tmp_path: Path) -> None:
    great = [2**64 - 1, 2**53 + 1, 1]
    pq.write_table(
        pa.table({name: pa.array(great, pa.uint64()) if name == "id" else [value] * 3 for name, value in ROW.items()}),
        tmp_path / "a.parquet",
    )
    assert ids(read(tmp_path / "a.parquet")) == great
    assert ids(read(write("a.csv", HEADER + "\n" + "".join(csv_row(id=one) for one in great)))) == great
    assert ids(read(write("a.ndjson", "".join(json_row(id=one) for one in great)))) == great
    assert ids(read(write("b.ndjson", "".join(json_row(id=one) for one in reversed(great))))) == great[::-1]


def test_ndjson_gives_the_same_rows_whether_arrow_or_we_parse_it(
    write: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [json_row(id=n, watch_duration_minutes=n * 1.00005, quality=None if n % 3 else "4K") for n in range(1, 200)]
    path = write("a.ndjson", "".join(rows))
    by_arrow = read(path)
    monkeypatch.setattr(ndjson_reader, "read_block", lambda *_: None)
    assert read(path).equals(by_arrow)
    assert by_arrow["watch_minutes_e4"][0].as_py() == 10_001


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "7"},
        {"watch_duration_minutes": "5"},
        {"watch_duration_minutes": 7},
        {"start_time": 1_700_000_000},
        {"user_id": "0192f8a0-7b1c-7e3d-9a55-1234567890ab"},
        {"completion_rate": None},
        {"completion_rate": 1},
        {"device_type": ...},
        {"start_time": "2024-01-01"},
    ],
)
def test_a_row_of_other_types_among_many_is_read_all_the_same(write: WriteFile, changed: dict[str, object]) -> None:
    rows = [json_row()] * 100 + [json_row(**changed)] + [json_row()] * 100
    assert read(write("a.ndjson", "".join(rows))).num_rows == 201


@pytest.mark.parametrize("lines", [1, 3, 1_000])
@pytest.mark.parametrize("block", [64, 200, 1_000, 100_000])
def test_rows_are_the_same_whatever_the_block(
    write: WriteFile, monkeypatch: pytest.MonkeyPatch, block: int, lines: int
) -> None:
    text = "".join(json_row(id=n, quality="ü" * (n % 90)) for n in range(1, 100))
    path = write("a.ndjson", text.rstrip("\n"))
    whole = read(path)
    monkeypatch.setattr(ndjson_reader, "BLOCK_BYTES", block)
    monkeypatch.setattr(ndjson_reader, "BLOCK_LINES", lines)
    assert read(path).combine_chunks().equals(whole.combine_chunks())


def test_torn_csv_rows_are_named_and_the_numbers_of_the_others_stay_right(
    write: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_splitting, "BLOCK_BYTES", 200)
    lines = [csv_row(id=n) for n in range(1, 51)]
    lines[9] = "10,1\n"
    lines[29] = csv_row(id=30, user_id="nobody")
    lines[49] = "50,1,1,2024-01-01,5,6\n"
    good, problems = read_with_problems(write("a.csv", HEADER + "\n" + "".join(lines)))
    assert good.num_rows == 47
    assert [(problem.place, problem.reason) for problem in problems] == [
        ("line 11", "BAD_ROW"),
        ("line 31", "BAD_VALUE"),
        ("line 51", "BAD_ROW"),
    ]


@pytest.mark.parametrize(("block", "rows"), [(40, 1_000), (100, 1_000), (10_000, 1_000), (10_000, 1), (10_000, 3)])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("e", ["e", "é", b"\xe9"], ids=["ascii", "utf-8", "latin-1"])
def test_a_bad_row_of_csv_has_the_number_of_the_line_it_begins_in(
    write: WriteFile, monkeypatch: pytest.MonkeyPatch, block: int, rows: int, end: str, e: str | bytes
) -> None:
    monkeypatch.setattr(csv_splitting, "BLOCK_BYTES", block)
    monkeypatch.setattr(csv_reader, "BLOCK_LINES", rows)
    lines = [
        f'{HEADER},"qua\nlity"',  # 1
        csv_row(q='"a\n\nb ""c"", d"').strip(),  # 3
        csv_row(id="x").strip() + ",4K",  # 6
        "",
        csv_row(id=3, q="4K").strip(),  # 8
        "4,1,@",  # 9
        csv_row(id="y", q='"\n"').strip(),  # 10
        csv_row(id=5, q="5K").strip(),  # 12
        "6,1",  # 13
    ]
    text = f"{end.join(lines)}{end}".encode().replace(b"@", e if isinstance(e, bytes) else e.encode())
    good, problems = read_with_problems(write("a.csv", text))
    assert good.num_rows == 3
    found = {problem.place: problem.reason.value for problem in problems}
    assert found == {"line 6": "BAD_VALUE", "line 9": "BAD_ROW", "line 10": "BAD_VALUE", "line 13": "BAD_ROW"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("torn.csv", "id,title\n" + "1\n" * 300_000),
        ("after-a-quote.csv", 'id,title\n1,"' + "\n" * 140_000 + '"\n' + "1\n" * 300_000),
        ("empty.csv", "id,title\n" + ",\n" * 300_000),
        ("empty.ndjson", "{}\n" * 300_000),
        ("numbers.ndjson", json_row() + "1\n" * 300_000),
    ],
)
def test_no_block_has_many_rows_however_short_they_are(write: WriteFile, name: str, text: str) -> None:
    path = write(name, text)
    with open_rows(Source.of(path, name), Options().wanted(contract_for("movies", NOW_S))) as rows:
        counts = [len(raw) + len(raw.problems) for raw in rows.batches]
    assert sum(counts) in (300_000, 300_001)
    assert max(counts) <= 140_000


def test_a_row_is_refused_that_is_longer_than_memory_should_hold(
    write: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_splitting, "BLOCK_BYTES", 1 << 20)
    row = csv_row(q=f'"{"x" * (4 << 20)}"')
    path = write("a.csv", f"{HEADER},quality\n{csv_row(q=1)}{row}")
    source = replace(Source.of(path, path.name), longest_record_bytes=2 << 20)
    wanted = Options().wanted(contract_for("viewing_sessions", NOW_S))
    with (
        open_rows(source, wanted) as rows,
        pytest.raises(FileRefused, match=r"begins in line 3 is longer than 2 MiB \(is a quote opened"),
    ):
        list(rows.batches)


def test_a_list_of_genres_is_read_from_parquet_and_json(write: WriteFile, tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [1], "title": ["Heat"], "genres": [["Crime", "Drama"]]}), tmp_path / "m.parquet")
    expected = [["Crime", "Drama"]]
    assert read(tmp_path / "m.parquet", "movies")["genres"].to_pylist() == expected
    for genres in (["Crime", "Drama"], "Crime|Drama"):
        line = json.dumps({"id": 1, "title": "Heat", "genres": genres})
        assert read(write("m.ndjson", line), "movies")["genres"].to_pylist() == expected


def test_a_value_does_not_depend_on_the_types_of_its_neighbours(write: WriteFile) -> None:
    titles = [1917, 8.5, 300.0, "Heat"]
    alone = [
        read(write("m.ndjson", json.dumps({"id": 1, "title": title})), "movies")["title"][0].as_py() for title in titles
    ]
    lines = "".join(json.dumps({"id": n, "title": title}) + "\n" for n, title in enumerate(titles))
    assert read(write("m.ndjson", lines), "movies")["title"].to_pylist() == alone == ["1917", "8.5", "300", "Heat"]
    mixed = '{"id":1,"title":"A","genres":["Crime","Drama"]}\n{"id":2,"title":"B","genres":"War|Drama"}\n'
    assert read(write("m.ndjson", mixed), "movies")["genres"].to_pylist() == [["Crime", "Drama"], ["War", "Drama"]]
