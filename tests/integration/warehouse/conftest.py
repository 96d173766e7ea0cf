"""A real warehouse in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from warehouse import Warehouse, open_warehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    """A new embedded warehouse."""
    with open_warehouse(f"chdb://{tmp_path / 'warehouse'}") as opened:
        yield opened
