"""Genres: a text is taken apart at its `|`, a list's items stay whole, and no row changes how another is read."""

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import ipc

from tests.integration.ingest.conftest import WriteFile
from tests.integration.ingest.files import read, read_with_problems

# As a row of NDJSON has them, and what they are.
VALUES: tuple[tuple[Any, list[str] | None], ...] = (
    (["Sci|Fi", " Drama "], ["Sci|Fi", "Drama"]),
    ("|Drama", ["Drama"]),
    ("Comedy|Drama", ["Comedy", "Drama"]),
    (["War"], ["War"]),
    ([], None),
    ([""], None),
    ("", None),
    (None, None),
    ("|", None),
    (1917, ["1917"]),
    (8.5, ["8.5"]),
)


def genres(table: pa.Table) -> list[list[str] | None]:
    found: list[list[str] | None] = table["genres"].to_pylist()
    return found


def line(number: int, value: Any) -> str:
    return json.dumps({"id": number, "title": "A", "genres": value}) + "\n"


def test_each_value_of_ndjson_is_the_same_alone_and_beside_any_other(write: WriteFile) -> None:
    for value, expected in VALUES:
        assert genres(read(write("a.ndjson", line(1, value)), "movies")) == [expected], value
    for (one, first), (other, second) in permutations(VALUES, 2):
        assert genres(read(write("a.ndjson", line(1, one) + line(2, other)), "movies")) == [first, second], (one, other)


def test_all_of_them_in_one_file(write: WriteFile) -> None:
    text = "".join(line(number, value) for number, (value, _) in enumerate(VALUES, 1))
    assert genres(read(write("a.ndjson", text), "movies")) == [expected for _, expected in VALUES]


@pytest.mark.parametrize("beside", ["Heat", ["Heat"], 7, None])
def test_a_list_in_a_column_of_texts_is_a_bad_value_whatever_is_beside_it(write: WriteFile, beside: Any) -> None:
    rows = [{"id": 1, "title": ["A", "B"]}, {"id": 2, "title": "B", "director": beside}]
    _, problems = read_with_problems(write("a.ndjson", "".join(json.dumps(row) + "\n" for row in rows)), "movies")
    assert problems[0].sentence == 'title is ["A","B"], expected a text or a number'


def test_genres_of_csv_are_taken_apart(write: WriteFile) -> None:
    text = 'id,title,genres\n1,A,|Drama\n2,B,Comedy|Drama\n3,C,"[""Sci|Fi""]"\n4,D,\n'
    assert genres(read(write("a.csv", text), "movies")) == [["Drama"], ["Comedy", "Drama"], ['["Sci', 'Fi"]'], None]


COLUMNS = (
    (pa.array([["Sci|Fi", None, " "], None, []], pa.list_(pa.string())), [["Sci|Fi"], None, None]),
    (pa.array([["Sci|Fi"]], pa.large_list(pa.large_string())), [["Sci|Fi"]]),
    (pa.array([["Sci|Fi"], ["War"]], pa.list_(pa.dictionary(pa.int32(), pa.string()))), [["Sci|Fi"], ["War"]]),
    (pa.array(["Sci|Fi", "|Drama"]), [["Sci", "Fi"], ["Drama"]]),
    (pa.array(["Sci|Fi", "War"]).dictionary_encode(), [["Sci", "Fi"], ["War"]]),
    (pa.array([1917, None]), [["1917"], None]),
)


@pytest.mark.parametrize("number", range(len(COLUMNS)))
@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_genres_of_columns(tmp_path: Path, ending: str, number: int) -> None:
    column, expected = COLUMNS[number]
    table = pa.table({"id": range(1, len(column) + 1), "title": ["A"] * len(column), "genres": column})
    path = tmp_path / f"a.{ending}"
    if ending == "parquet":
        pq.write_table(table, path)
    else:
        with ipc.new_file(path, table.schema) as writer:
            writer.write_table(table)
    assert genres(read(path, "movies")) == expected


def test_a_bad_films_genres_are_shown_as_they_were_sent(write: WriteFile) -> None:
    rows = [{"id": "?", "title": "A", "genres": ["Sci|Fi", "War"]}, {"id": "?", "title": "A", "genres": "Sci|Fi"}]
    _, problems = read_with_problems(write("a.ndjson", "".join(json.dumps(row) + "\n" for row in rows)), "movies")
    assert [json.loads(problem.original)["genres"] for problem in problems] == ['["Sci|Fi","War"]', "Sci|Fi"]
