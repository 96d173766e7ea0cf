"""Any name that can be sent can be asked; rows beyond the bounds are kept aside, and the others load."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ingest.loading.load_file import load_file
from ingest.loading.options import Options
from tests.integration.ingest.attribute_sessions import (
    as_csv,
    as_ndjson,
    as_table,
    found,
    grouped,
    know_film_and_user,
    send,
    settle,
    stored,
)
from tests.integration.ingest.files import ROW
from tests.unit.warehouse.test_compiler_attacked import HOSTILE
from warehouse import Warehouse
from warehouse.access import SYSTEM
from warehouse.errors import BadInput
from warehouse.loads.quarantine import kept_aside
from warehouse.query.answer import ask
from warehouse.query.local_time import Range
from warehouse.query.question import Group, Question

pytestmark = pytest.mark.slow

NAMES = (
    *(
        "",
        " ",
        "sp ace",
        "da-sh",
        "a:b",
        "a/b",
        "$",
        "%s",
        "#",
        "*",
        "null",
        "0",
        "007",
        "App",
        "app",
        "Ä",
        "ключ",
        "名前",
        "🎬",
    ),
    *(
        "`",
        "``",
        "'",
        '"',
        "\\",
        "\\\\",
        "`; DROP TABLE viewing_sessions; --",
        "x' OR 1=1 --",
        "{p:String}",
        "a[]",
        "^a",
        ".:Int64",
    ),
    *("\ttab", "two\nlines", "x" * 256, "é" * 256, "ends.", ".begins", "a..b", "...", "attributes", "row", "load_id"),
)


def all_alone(names: tuple[str, ...]) -> dict[int, dict[str, str]]:
    return {number: {name: f"of {number}"} for number, name in enumerate(names, 1)}


@pytest.mark.parametrize("ending", ["csv", "ndjson", "parquet", "arrow"])
def test_a_name_of_any_kind_is_a_path(warehouse: Warehouse, tmp_path: Path, ending: str) -> None:
    know_film_and_user(warehouse, tmp_path)
    told = all_alone(NAMES)
    path = tmp_path / f"a.{ending}"
    columns = {name: [row.get(name, "") for row in told.values()] for name in NAMES}
    match ending:
        case "csv":
            send(warehouse, as_csv(path, 1, columns))
        case "ndjson":
            send(warehouse, as_ndjson(path, 1, list(told.values())))
        case _:
            send(warehouse, as_table(path, 1, columns))
    settle(warehouse)
    # A column of a CSV file whose header is blank is called by its place.
    names = [
        name if name.strip() or ending != "csv" else f"column {number + 5}" for number, name in enumerate(NAMES, 1)
    ]
    assert stored(warehouse) == all_alone(tuple(names))
    for number, name in enumerate(names, 1):
        assert grouped(warehouse, name) == Counter({f"of {number}": 1, "Unknown": len(NAMES) - 1}), name
        assert found(warehouse, name, f"of {number}") == 1, name


def test_hostile_names_and_values_are_values(warehouse: Warehouse, tmp_path: Path) -> None:
    know_film_and_user(warehouse, tmp_path)
    texts = [text for text in HOSTILE if text and len(text) <= 256 and "\0" not in text]
    send(warehouse, as_ndjson(tmp_path / "a.ndjson", 1, [{text: text} for text in texts]))
    for text in texts:
        assert found(warehouse, text, text) == 1, text
        assert grouped(warehouse, text) == Counter({text: 1, "Unknown": len(texts) - 1}), text


@pytest.mark.parametrize("path", ["nowhere", "x" * 257, "x" * 100_000, "nul\0"])
def test_a_path_under_which_nothing_was_sent_is_told(warehouse: Warehouse, tmp_path: Path, path: str) -> None:
    know_film_and_user(warehouse, tmp_path)
    send(warehouse, as_ndjson(tmp_path / "a.ndjson", 1, [{"app": "1"}]))
    with pytest.raises(BadInput, match=r"There is no attribute .* Known paths: app") as refused:
        ask(warehouse.reader, Question((Group("attribute", path=path),), ("views",), Range(0, 86_400)), SYSTEM)
    assert len(str(refused.value)) < 400


def test_a_dot_in_a_name_is_as_good_as_a_name_within_another(warehouse: Warehouse, tmp_path: Path) -> None:
    know_film_and_user(warehouse, tmp_path)
    rows: list[dict[str, Any]] = [
        {"a.b": 1},
        {"a": {"b": 2}},
        {"a.b": 3, "a": 4},
        {"a.b": 5, "a": {"c": 6}},
        {"a.b": {"c": 7}, "a": {"b.d": 8}},
    ]
    send(warehouse, as_ndjson(tmp_path / "a.ndjson", 1, rows))
    assert stored(warehouse) == {
        1: {"a.b": "1"},
        2: {"a.b": "2"},
        3: {"a": "4", "a.b": "3"},
        4: {"a.b": "5", "a.c": "6"},
        5: {"a.b.c": "7", "a.b.d": "8"},
    }


def nested(levels: int, inner: Any = 1) -> Any:
    """An object of so many levels."""
    for _ in range(levels):
        inner = {"a": inner}
    return inner


def listed(levels: int) -> Any:
    """A list of so many levels."""
    inner: Any = []
    for _ in range(levels - 1):
        inner = [inner]
    return inner


def beside(row: dict[str, Any]) -> str:
    return json.dumps({**ROW, **row})


UNFIT = (
    (beside({"a.b": 2, "a": {"b": 3}}), "'a.b' comes twice, where a dot in a name counts as a name within another"),
    (beside({"a.b": 2, "a": {"b": 2}}), "'a.b' comes twice, where a dot in a name counts as a name within another"),
    (beside({"x" * 257: 1}), f"the path '{'x' * 60}'… has 257 characters, expected 256 at most"),
    (beside({"x" * 200: {"y" * 56: 1}}), f"the path '{'x' * 60}'… has 257 characters, expected 256 at most"),
    (beside(nested(17)), "'a' is nested in more than 16 levels"),
    (beside(nested(150)), "'a' is nested in more than 16 levels"),
    (beside(nested(900)), "'a' is nested in more than 16 levels"),
    (beside({"a": listed(16)}), "'a' is nested in more than 16 levels"),
    (beside({"a": listed(500)}), "'a' is nested in more than 16 levels"),
    (beside({"a": {"b": [nested(14)]}}), "'a' is nested in more than 16 levels"),
    (beside({f"n{number}": number for number in range(257)}), "it has more than 256 attributes"),
    (beside({"note": "x" * 65_537}), "'note' has 65,537 characters, expected 65,536 at most"),
    (beside({"note": ["x" * 65_533]}), "'note' has 65,537 characters, expected 65,536 at most"),
    (beside({"note": "nul\0"}), "'note' must be a text in UTF-8 without NUL characters"),
    (beside({"nul\0": "note"}), "'nul\\x00' must be a text in UTF-8 without NUL characters"),
)


def test_rows_beyond_the_bounds_are_kept_aside_with_their_reasons(warehouse: Warehouse, tmp_path: Path) -> None:
    know_film_and_user(warehouse, tmp_path)
    path = tmp_path / "a.ndjson"
    for number, (line, sentence) in enumerate(UNFIT):
        first, last = beside({"id": 2 * number + 2, "app": 1}), beside({"id": 2 * number + 3, "app": 2**64})
        path.write_text(f"{first}\n{line}\n{last}\n")
        done = load_file(warehouse, "viewing_sessions", path)
        assert (done.summary.accepted, dict(done.summary.reasons)) == (2, {"BAD_VALUE": 1}), sentence
        assert done.first is not None
        assert (done.first.place, done.first.sentence) == ("line 2", sentence)
    for kept in kept_aside(warehouse.engine):
        assert json.loads(kept.original)["watch_duration_minutes"] in (90.5, "90.5")
    assert grouped(warehouse, "app") == Counter({"1": len(UNFIT), "18446744073709551616": len(UNFIT)})


def test_everything_up_to_the_bounds_is_kept(warehouse: Warehouse, tmp_path: Path) -> None:
    know_film_and_user(warehouse, tmp_path)
    rows: list[dict[str, Any]] = [
        nested(16),
        {"a": listed(15)},
        {f"n{n}": n for n in range(256)},
        {"x" * 255: {"": "y" * 65_536}},
    ]
    send(warehouse, as_ndjson(tmp_path / "a.ndjson", 1, rows))
    kept = stored(warehouse)
    assert kept[1] == {".".join("a" * 16): "1"}
    assert kept[2] == {"a": "[" * 15 + "]" * 15}
    assert kept[3] == {f"n{n}": str(n) for n in range(256)}
    assert kept[4] == {"x" * 255 + ".": "y" * 65_536}
    assert found(warehouse, "x" * 255 + ".", "y" * 65_536) == 1


@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_bounds_hold_for_columns_too(warehouse: Warehouse, tmp_path: Path, ending: str) -> None:
    know_film_and_user(warehouse, tmp_path)
    twice = pa.StructArray.from_arrays([pa.array([None, 1, 1]), pa.array([None, 2, None], pa.int64())], ["b", "b"])
    path = as_table(
        tmp_path / f"a.{ending}",
        1,
        {"a": pa.array([[(k, 1) for k in pair] for pair in ("xy", "xx", "x")], pa.map_(pa.string(), pa.int8()))},
    )
    done = load_file(warehouse, "viewing_sessions", path)
    assert (done.summary.accepted, done.first and done.first.sentence) == (
        2,
        "'a.x' comes twice, where a dot in a name counts as a name within another",
    )
    if ending == "arrow":  # Parquet has no such columns
        done = load_file(warehouse, "viewing_sessions", as_table(path, 4, {"a": twice}))
        assert (done.summary.accepted, done.summary.quarantined) == (2, 1)
    octets = pa.array([{"b": b"\xff"}, {"b": b"ok"}], pa.struct([("b", pa.binary())]))
    listed_octets = pa.array([[{"b": b"ok"}, {"b": b"\xff"}], []], pa.list_(octets.type))
    for first, column, name in ((7, octets, "a.b"), (9, listed_octets, "a")):
        done = load_file(warehouse, "viewing_sessions", as_table(path, first, {"a": column}))
        assert done.first is not None
        assert done.first.sentence == f"{name!r} must be a text in UTF-8 without NUL characters"
        assert done.summary.accepted == 1


def test_a_bad_row_is_shown_with_its_attributes_as_they_were_sent(warehouse: Warehouse, tmp_path: Path) -> None:
    row = {"watch_duration_minutes": 2000, "n": 2**64, "f": 4.2, "b": True, "o": {"a": [1, "ü"]}, "t": "2025-02-30"}
    path = tmp_path / "a.ndjson"
    path.write_text(beside(row) + "\n")
    load_file(warehouse, "viewing_sessions", path, options=Options())
    (kept,) = kept_aside(warehouse.engine)
    shown = json.loads(kept.original)
    assert {name: shown[name] for name in row} == {
        "watch_duration_minutes": "2000",
        "n": "18446744073709551616",
        "f": "4.2",
        "b": "true",
        "o": '{"a":[1,"ü"]}',
        "t": "2025-02-30",
    }
