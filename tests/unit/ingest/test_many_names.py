"""Files with very many columns: few of their names are remembered, and few compared with the contract's."""

import difflib
from pathlib import Path
from typing import Any

import pytest

from ingest.loading import load_file
from ingest.loading.load_file import opened
from ingest.loading.options import Options
from ingest.loading.refusals import MOST_COMPARED
from ingest.problems import ColumnNotAllowed, FileRefused
from tests.unit.ingest.sink import Kept

LATE = 10**10
FEW = 50


def test_of_many_names_few_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_file, "MOST_NAMES", FEW)
    path = tmp_path / "films.ndjson"
    lines = (f'{{"id":{number},"a{number:06}":1}}\n' for number in range(3 * FEW))
    path.write_text("".join(lines) + '{"id":1,"title":"Heat"}\n{"id":2,"title":"Up"}\n')
    with opened("movies", path, path.name, Options(), LATE) as file:
        kept = Kept()
        file.pour(kept, file.validated())
    assert kept.rows == 2
    # One that is wanted always is, so that the file does not lack it.
    assert {"id", "title", "a000000", "a000048"} <= file.names
    assert len(file.names) <= FEW + 2


def test_a_column_that_may_not_be_sent_is_seen_behind_many_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_file, "MOST_NAMES", FEW)
    path = tmp_path / "films.ndjson"
    lines = (f'{{"id":{number},"title":"x","a{number:06}":1}}\n' for number in range(2 * FEW))
    path.write_text("".join(lines) + '{"id":1,"title":"Heat","z":1}\n')
    allowed = frozenset(f"a{number:06}" for number in range(2 * FEW))
    options = Options(allowed=allowed)
    with opened("movies", path, path.name, options, LATE) as file, pytest.raises(ColumnNotAllowed, match="column z"):
        file.pour(Kept(), file.validated())


def test_a_wide_file_without_its_columns_is_refused_after_few_comparisons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each name is an anagram of what it is compared with, which takes longest."""
    compared = 0
    ratio = difflib.SequenceMatcher.ratio

    def counted(matcher: "difflib.SequenceMatcher[Any]") -> float:
        nonlocal compared
        compared += 1
        return ratio(matcher)

    monkeypatch.setattr(difflib.SequenceMatcher, "ratio", counted)
    path = tmp_path / "films.csv"
    path.write_text(",".join(f"elt{'it'[number % 2]}i{number}" for number in range(20_000)) + "\n")
    with (
        pytest.raises(FileRefused, match="it lacks the required columns id, title"),
        opened("movies", path, path.name, Options(), LATE),
    ):
        pass
    assert compared <= 2 * MOST_COMPARED
