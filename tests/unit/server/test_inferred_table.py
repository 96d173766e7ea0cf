"""An answer without its document as a table: the same table as with it."""

from typing import Any

import pytest

from server.commands.exported_schema import exported_schema
from server.export.inferred_table import inferred_shape
from server.export.table import Shape, shape_of
from warehouse.errors import BadInput

FILM = {"id": "Movie:1", "sourceId": "1", "title": "Dusk", "genres": ["Drama", "War"], "averageRating": 4.5}
F = " fragment F on Movie { id sourceId title genres averageRating }"
BESIDE = {"views": 1, "previous": {"views": 2}}
VIEWER = {"__typename": "Viewer", "role": "ADMIN", "masks": [{"type": "User"}]}
ANSWERS: list[tuple[str, dict[str, Any]]] = [
    ("{ devices { device views } }", {"devices": [{"device": "TV", "views": 3}, {"device": None, "views": 4}]}),
    ("{ films: movies { nodes { ...F } totalCount } }" + F, {"films": {"nodes": [FILM], "totalCount": 1}}),
    ("{ movies { edges { cursor node { ...F } } } }" + F, {"movies": {"edges": [{"cursor": "x", "node": FILM}]}}),
    ("{ topMovies { rank movie { title } } }", {"topMovies": [{"rank": 1, "movie": {"title": "Dusk"}}]}),
    ("{ viewing { rows { views previous { views } } } }", {"viewing": {"rows": [BESIDE]}}),
    ("{ dashboard { views watchHours } }", {"dashboard": {"views": 3, "watchHours": 1.5}}),
    ("{ viewer { __typename role masks { type } } }", {"viewer": VIEWER}),
]


def cells(shape: Shape, data: Any) -> list[list[Any]]:
    return [[column.value(row) for column in shape.columns] for row in shape.rows(data)]


@pytest.mark.parametrize(("document", "data"), ANSWERS, ids=[document for document, _ in ANSWERS])
def test_it_is_the_table_of_the_document(document: str, data: dict[str, Any]) -> None:
    known, told = shape_of(exported_schema(), document), inferred_shape(data)
    assert (told.path, told.is_list) == (known.path, known.is_list)
    assert [(one.name, one.kind) for one in told.columns] == [(one.name, one.kind) for one in known.columns]
    assert cells(told, data) == cells(known, data) != []


def test_what_is_null_in_some_rows_has_its_columns() -> None:
    data = {"a": [{"x": None, "y": None}, {"x": {"z": 1}, "y": 2.5}, {"x": {"z": None}, "y": 3}]}
    told = inferred_shape(data)
    assert [one.name for one in told.columns] == ["x.z", "y"]
    assert cells(told, data) == [[None, None], [1, 2.5], [None, 3]]


@pytest.mark.parametrize("data", [{"a": []}, {"a": None}, {"a": {"nodes": []}}])
def test_no_rows_are_no_columns(data: dict[str, Any]) -> None:
    told = inferred_shape(data)
    assert (told.columns, told.rows(data)) == ((), [])


@pytest.mark.parametrize(
    ("data", "said"), [({"a": [], "b": []}, "several root fields"), ({"a": {"nodes": [], "rows": []}}, "several lists")]
)
def test_what_is_no_table_is_refused(data: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        inferred_shape(data)
