"""What a sender of rows is answered stays small, whatever its file names."""

from pathlib import Path

import orjson
import pytest

from ingest.files.file_format import FileFormat
from ingest.loading.load_file import FileLoad
from server.ingesting.delivery import Delivery, Sender, result_of
from warehouse.loads.load import LoadSummary


def answer(extra: tuple[str, ...]) -> dict[str, object]:
    """The answer to a request whose file has these columns beyond the contract."""
    delivery = Delivery("r", "", "movies", Sender("a", ""), FileFormat.NDJSON, Path("x"), 1)
    found: dict[str, object] = orjson.loads(result_of(delivery, FileLoad("x", SUMMARY, extra)).content)
    return found


SUMMARY = LoadSummary(load_id=7, table="movies", rows=1, accepted=1, duplicates=0, quarantined=0, seconds=0.1)


@pytest.mark.parametrize(
    ("extra", "names", "more"),
    [
        ((), [], 0),
        (("app", "x" * 100), ["app", "x" * 100], 0),
        (("x" * 101, "ü" * (20 << 20)), ["x" * 100 + "…", "ü" * 100 + "…"], 0),
        (tuple(f"{number:03}" for number in range(250)), [f"{number:03}" for number in range(100)], 150),
    ],
)
def test_columns_that_a_table_lacks_come_back_cut_and_counted(
    extra: tuple[str, ...], names: list[str], more: int
) -> None:
    found = answer(extra)
    assert (found["extra_columns"], found["more_extra_columns"]) == (names, more)
