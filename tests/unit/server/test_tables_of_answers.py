"""Tables: where a document's rows are, and which columns they have, told by the document and the schema alone."""

import csv
import io

import pytest
from graphql import build_schema

from schema.cache_id import DESCRIPTION
from server.export.csv_text import csv_text
from server.export.table import shape_of, without_cache_ids
from warehouse.errors import BadInput

SCHEMA = build_schema(
    """
    scalar Long
    type Query { films: [Film!]!, pages: Pages!, groups: Groups!, film: Film }
    type Film { id: ID!, title: String, views: Long!, genres: [String!]!, seen: Boolean, maker: Maker, casts: [Maker!] }
    type Maker { name: String! }
    type Pages { edges: [Edge!]!, total: Int! }
    type Edge { cursor: String!, node: Film! }
    type Groups { rows: [Film!]!, totals: Film!, notes: [Maker!]! }
    """
)


@pytest.mark.parametrize(
    ("document", "path", "columns"),
    [
        ("{ films { id maker { name } } }", ("films",), ["id", "maker.name"]),
        ("{ best: films { key: id } }", ("best",), ["key"]),
        ("{ pages { total edges { cursor node { title } } } }", ("pages", "edges"), ["title"]),
        ("{ groups { rows { id } totals { id } notes { name } } }", ("groups", "rows"), ["id"]),
        ("{ film { id title } }", ("film",), ["id", "title"]),
        (
            "{ films { ...F ... on Film { id } } } fragment F on Film { title id __typename }",
            ("films",),
            ["title", "id"],
        ),
    ],
)
def test_rows_and_columns_are_found(document: str, path: tuple[str, ...], columns: list[str]) -> None:
    shape = shape_of(SCHEMA, document)
    assert (shape.path, [column.name for column in shape.columns]) == (path, columns)


CACHED = build_schema(
    f"""
    type Query {{ risks: [Risk!]!, alerts: [Alert!]! }}
    type Risk {{ "{DESCRIPTION}" id: ID!, user: User!, reasons: [Reason!]! }}
    type User {{ "The id." id: ID!, sourceId: ID!, name: String }}
    type Reason {{ "{DESCRIPTION}" id: ID!, name: String!, of: [Reason!]! }}
    type Alert {{ "The id." id: ID!, title: String! }}
    """
)


@pytest.mark.parametrize(
    ("document", "columns"),
    [
        ("{ risks { id user { id sourceId name } reasons { id name } } }", ["user.sourceId", "user.name", "reasons"]),
        ("{ risks { key: id user { id name } } }", ["user.id", "user.name"]),
        ("{ alerts { id title } }", ["id", "title"]),
    ],
)
def test_ids_for_caches_are_no_columns_and_neither_are_those_beside_the_source_s(
    document: str, columns: list[str]
) -> None:
    assert [column.name for column in shape_of(CACHED, document).columns] == columns


def test_lists_in_cells_have_no_ids_for_caches() -> None:
    document = "{ risks { id reasons { id name of { id name } } } }"
    reasons = [{"id": "a", "name": "age", "of": [{"id": "b", "name": "year"}]}]
    data = {"risks": [{"id": "c", "reasons": reasons}]}
    assert without_cache_ids(CACHED, document, data) == {
        "risks": [{"reasons": [{"name": "age", "of": [{"name": "year"}]}]}]
    }
    (column,) = shape_of(CACHED, document).columns
    assert column.value(data["risks"][0]) == '[{"name":"age","of":[{"name":"year"}]}]'


@pytest.mark.parametrize("document", ["{ films { id } film { id } }", "{ groups { rows { id } more: rows { id } } }"])
def test_several_lists_are_no_table(document: str) -> None:
    with pytest.raises(BadInput):
        shape_of(SCHEMA, document)


def test_csv_shows_values_as_they_are() -> None:
    shape = shape_of(SCHEMA, "{ films { id views title genres seen maker { name } casts { name } } }")
    rows = [
        {
            "id": "1",
            "views": 2**53,
            "title": 'A "b", c',
            "genres": ["Drama", "War"],
            "seen": True,
            "maker": None,
            "casts": [{"name": "X"}],
        },
        {"id": "2", "views": 0, "title": None, "genres": [], "seen": None, "maker": {"name": "Y"}, "casts": None},
    ]
    assert csv_text(shape, {"films": rows}).splitlines() == [
        "id,views,title,genres,seen,maker.name,casts",
        '1,9007199254740992,"A ""b"", c",Drama|War,true,,"[{""name"":""X""}]"',
        "2,0,,,,Y,",
    ]


def test_nothing_is_a_table_without_rows() -> None:
    assert csv_text(shape_of(SCHEMA, "{ films { id } }"), {"films": []}) == "id\n"
    assert csv_text(shape_of(SCHEMA, "{ film { id } }"), {"film": None}) == "id\n"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
        '=HYPERLINK("http://evil.example")',
        " =1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        "\u3000\u2060 @A1",
    ],
)
def test_a_text_that_a_spreadsheet_would_run_has_an_apostrophe_before_it(text: str) -> None:
    shape = shape_of(SCHEMA, "{ films { title views } }")
    rows = {"films": [{"title": text, "views": -1}, {"title": "a=1", "views": 2}]}
    (_, *read) = csv.reader(io.StringIO(csv_text(shape, rows), newline=""))
    # Where a reader may take its beginning for the end of a cell or row, what follows has one too.
    harmless = f"'{text[0]}'{text[1:]}" if text[0] in "\t\r\n" else f"'{text}"
    assert read == [[harmless, "-1"], ["a=1", "2"]]
    (_, *raw) = csv.reader(io.StringIO(csv_text(shape, rows, is_raw=True), newline=""))
    assert raw == [[text, "-1"], ["a=1", "2"]]
    assert shape.arrow(rows).column("title").to_pylist() == [text, "a=1"]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("between", ["", " ", "\u00a0", "\u200b", "\ufeff", '"', '" "', "\n", "\r\n", ";"])
@pytest.mark.parametrize("is_first", [False, True])
def test_no_cell_of_a_reader_with_another_separator_is_a_formula(separator: str, between: str, is_first: bool) -> None:
    text = f"x{separator}{between}=1+1{separator}y\n@SUM(A1)"
    shape = shape_of(SCHEMA, "{ films { title id } }" if is_first else "{ films { id title } }")
    written = csv_text(shape, {"films": [{"title": text, "id": "1,"}, {"title": text, "id": "2"}]})
    cells = [
        cell
        for reads in ({"delimiter": separator}, {"delimiter": separator, "quoting": csv.QUOTE_NONE}, {})
        for row in csv.reader(io.StringIO(written, newline=""), **reads)
        for cell in row
    ]
    assert [cell for cell in cells if cell.strip('" \n\t\u00a0\u200b\ufeff').startswith(("=", "@"))] == []


def test_a_text_without_a_formula_is_as_it_was() -> None:
    texts = ["a;b", "a=1", "3 - 2; b", "x|y", " spaced", "1;2", "Spider-Man", "me@example.org; x"]
    shape = shape_of(SCHEMA, "{ films { title } }")
    (_, *read) = csv.reader(io.StringIO(csv_text(shape, {"films": [{"title": text} for text in texts]})))
    assert read == [[text] for text in texts]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_a_line_end_within_a_text_begins_no_row(end: str) -> None:
    shape, rows = shape_of(SCHEMA, "{ films { title views } }"), {"films": [{"title": f"a{end}=1", "views": 3}]}
    assert csv_text(shape, rows) == f'title,views\n"a{end}\'=1",3\n'
