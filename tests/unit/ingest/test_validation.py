"""Validation: good rows come out typed and in order, each bad one is reported once, with its place."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pytest

from ingest.readers import RawRows
from ingest.rows.contract import contract_for
from ingest.rows.validation import validate
from warehouse.tables.incoming_schemas import INCOMING, offered

NOW_S = 1_795_000_000
GOOD: Mapping[str, Sequence[str | None]] = {
    "id": ["1", "2", "3"],
    "user_id": ["1", "1", "2"],
    "movie_id": ["5", "5", "5"],
    "start_time": ["2024-01-01T00:00:00Z"] * 3,
    "watch_duration_minutes": ["1", "2", "3"],
}


def raw(columns: Mapping[str, Sequence[str | None]], unit: str = "row") -> RawRows:
    numbers = np.arange(1, len(columns["id"]) + 1)
    return RawRows({name: pa.array(cells, pa.string()) for name, cells in columns.items()}, numbers, unit)


@pytest.mark.parametrize("table", list(INCOMING))
def test_an_empty_stretch_has_the_shape_of_the_table(table: str) -> None:
    validated = validate(contract_for(table, NOW_S), RawRows({}, np.arange(0)))
    assert validated.batch.schema.equals(offered(table))
    assert validated.batch.num_rows == 0
    assert validated.problems == []


def test_absent_optional_columns_are_null() -> None:
    batch = validate(contract_for("viewing_sessions", NOW_S), raw(GOOD)).batch
    assert batch.schema.equals(INCOMING["viewing_sessions"])
    assert batch["watch_minutes_e4"].to_pylist() == [10_000, 20_000, 30_000]
    assert batch["completion_e6"].null_count == 3
    assert batch["attributes"].to_pylist() == [[], [], []]


def test_a_bad_row_is_left_out_and_reported_once_by_its_first_bad_column() -> None:
    columns = {**GOOD, "start_time": ["2024-01-01", "never", "2024-01-01"], "watch_duration_minutes": ["1", "x", "3"]}
    validated = validate(contract_for("viewing_sessions", NOW_S), raw(columns))
    assert validated.batch["watch_minutes_e4"].to_pylist() == [10_000, 30_000]
    assert [(problem.place, problem.reason, problem.sentence) for problem in validated.problems] == [
        (
            "row 2",
            "BAD_VALUE",
            "start_time is 'never', expected a time from 1990 to now, in ISO 8601 or as epoch seconds or milliseconds",
        )
    ]


def test_a_required_value_that_is_missing_is_reported_as_missing() -> None:
    validated = validate(
        contract_for("viewing_sessions", NOW_S), raw({**GOOD, "user_id": ["1", "", None]}, unit="line")
    )
    assert [(problem.place, problem.reason) for problem in validated.problems] == [
        ("line 2", "MISSING_VALUE"),
        ("line 3", "MISSING_VALUE"),
    ]


def test_a_long_value_is_shown_cut() -> None:
    validated = validate(contract_for("users", NOW_S), raw({"id": ["x" * 10_000]}))
    assert len(validated.problems[0].sentence) < 200
