"""Every mask, as the engine computes it: what it shows, what it hides, and that missing values stay missing."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from warehouse import Warehouse, open_warehouse
from warehouse.access import Strategy
from warehouse.errors import Forbidden
from warehouse.query.masks import mask_sql
from warehouse.query.parameters import Parameters

KEY = bytes(range(32))


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse without rows."""
    folder: Path = tmp_path_factory.mktemp("masks")
    with open_warehouse(f"chdb://{folder}/warehouse") as opened:
        yield opened


def masked(warehouse: Warehouse, strategy: Strategy, value: Any, kind: str, key: bytes = KEY) -> Any:
    """The image of one value of a ClickHouse type."""
    parameters = Parameters()
    column = parameters.add(value, kind)
    sql = f"SELECT {mask_sql(strategy, 'v', key, parameters)} FROM (SELECT {column} AS v)"
    return warehouse.engine.query(sql, parameters.values).scalar()


@pytest.mark.parametrize(
    ("strategy", "value", "image"),
    [
        (Strategy.EMAIL, "jane@example.com", "j***@example.com"),
        (Strategy.EMAIL, "éva@exämple.hu", "é***@exämple.hu"),
        (Strategy.EMAIL, "no address", "n***"),
        (Strategy.EMAIL, "@", "@***@"),
        (Strategy.EMAIL, "a@b@c", "a***@c"),
        (Strategy.EMAIL, '"jane@home"@example.com', '"***@example.com'),
        (Strategy.EMAIL, "jane@example.com, jane.doe@example.org", "j***@example.org"),
        (Strategy.EMAIL, "", ""),
        (Strategy.PARTIAL, "jane", "j***"),
        (Strategy.PARTIAL, "", ""),
        (Strategy.HASH, "", ""),
        (Strategy.NULL, "jane", None),
    ],
)
def test_a_text_is_shown_in_part(warehouse: Warehouse, strategy: Strategy, value: str, image: str | None) -> None:
    assert masked(warehouse, strategy, value, "String") == image


@pytest.mark.parametrize(
    ("age", "band"), [(0, "under 18"), (17, "under 18"), (18, "18-24"), (44, "35-44"), (55, "55+"), (None, None)]
)
def test_an_age_is_shown_by_its_band(warehouse: Warehouse, age: int | None, band: str) -> None:
    assert masked(warehouse, Strategy.BAND, age, "Nullable(UInt8)") == band


def test_a_date_is_shown_by_its_year(warehouse: Warehouse) -> None:
    assert masked(warehouse, Strategy.YEAR, date(1999, 12, 31), "Date32") == 1999
    assert masked(warehouse, Strategy.YEAR, None, "Nullable(Date32)") is None


def test_a_hash_is_stable_under_its_key_and_another_under_another(warehouse: Warehouse) -> None:
    first, again, other_key, other_value = (
        masked(warehouse, Strategy.HASH, value, "String", key)
        for value, key in (("jane", KEY), ("jane", KEY), ("jane", KEY[::-1]), ("june", KEY))
    )
    assert first == again
    assert len({first, other_key, other_value}) == 3
    assert len(first) == 32


def test_a_hash_without_a_key_denies(warehouse: Warehouse) -> None:
    with pytest.raises(Forbidden, match="hash key"):
        masked(warehouse, Strategy.HASH, "jane", "String", key=b"")
