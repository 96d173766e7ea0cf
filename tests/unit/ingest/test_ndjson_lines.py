"""NDJSON line by line: a name that comes twice is told, also beside a column that is read from within an object."""

import pytest

from ingest.readers.ndjson_line_by_line import read_lines
from ingest.readers.rows import Wanted

WANTED = Wanted(frozenset({"id", "film.id"}), rest=True)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b'{"id":1,"film":{"id":5}}', None),
        (b'{"id":1,"film.id":5,"x":{"y":1}}', None),
        (b'{"id":1,"id":2,"film":{"id":5}}', "it has 'id' more than once"),
        (b'{"id":1,"film":{"id":5,"id":6}}', "it has 'id' more than once"),
        (b'{"id":1,"x":1,"x":2,"film":{"id":5}}', "it has 'x' more than once"),
    ],
)
def test_a_name_that_comes_twice_is_told_beside_a_path(line: bytes, problem: str | None) -> None:
    rows = read_lines(line, 1, WANTED)
    assert [one.sentence for one in rows.problems] == ([problem] if problem else [])
    if problem is None:
        assert rows.columns["film.id"].to_pylist() == [5]
