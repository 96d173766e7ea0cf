"""The experiments of the demo are in its files, and what the warehouse answers is what SciPy finds in them."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy import stats

from ingest.files.file_format import FileFormat
from ingest.generator.demo import DemoSize, load_demo, write_demo
from warehouse import Warehouse
from warehouse.access import SYSTEM
from warehouse.experiments.experiment import experiment_of
from warehouse.experiments.results import Request, Results, Verdict, results

pytestmark = pytest.mark.slow

UNTIL = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def answered(warehouse: Warehouse, number: int, cuped: bool) -> Results:
    """Views by variant."""
    experiment = experiment_of(warehouse.reader, str(number), SYSTEM)
    assert experiment is not None
    return results(warehouse.reader, experiment, Request(("views",), {}, cuped=cuped), SYSTEM)


def views_in_files(folder: Path, number: int) -> dict[str, list[int]]:
    """Each person's views from their first exposure to the experiment's end, by variant, of those who saw only one."""
    (told,) = [one for one in pq.read_table(folder / "experiments.parquet").to_pylist() if one["id"] == number]
    seen: dict[int, dict[str, datetime]] = {}
    for one in pq.read_table(folder / "assignments.parquet").to_pylist():
        if one["experiment_id"] == number:
            seen.setdefault(one["user_id"], {})[one["variant"]] = one["exposed_at"]
    since = {user: marks for user, marks in seen.items() if len(marks) == 1}
    views = dict.fromkeys(since, 0)
    for user, start in zip(
        *pq.read_table(folder / "viewing_sessions.parquet", columns=["user_id", "start_time"]).to_pydict().values(),
        strict=True,
    ):
        for at in since.get(user, {}).values():
            views[user] += at <= start < (told["end_time"] or UNTIL)
    found: dict[str, list[int]] = {}
    for user, marks in since.items():
        found.setdefault(next(iter(marks)), []).append(views[user])
    return found


def test_the_warehouse_finds_what_scipy_finds_in_the_files(warehouse: Warehouse, tmp_path: Path) -> None:
    load_demo(warehouse, DemoSize(), 42, UNTIL, experiments=True)
    write_demo(tmp_path, FileFormat.PARQUET, DemoSize(), 42, UNTIL, experiments=True)
    for number, control, variant in ((1, "A1", "A2"), (2, "plain", "picks"), (3, "old player", "new player")):
        views = views_in_files(tmp_path, number)
        found = answered(warehouse, number, cuped=False)
        people = [len(views[control]), len(views[variant])]
        assert found.spread == {control: people[0], variant: people[1]}
        assert found.ratio is not None
        assert found.ratio.p_value == pytest.approx(stats.chisquare(people).pvalue, rel=1e-9)
        (figure,) = [one for one in found.metrics[0].variants if one.variant == variant]
        assert figure.value == pytest.approx(np.mean(views[variant]), rel=1e-12)
        assert figure.difference is not None
        welch = stats.ttest_ind(views[variant], views[control], equal_var=False)
        assert figure.difference.p_value == pytest.approx(welch.pvalue, rel=1e-6)

    mismatches, verdicts = zip(*(judged(answered(warehouse, number, cuped=True)) for number in (1, 2, 3)), strict=True)
    assert mismatches == (False, False, True)
    assert verdicts == (Verdict.UNCLEAR, Verdict.BETTER, Verdict.UNCLEAR)


def judged(found: Results) -> tuple[bool, Verdict | None]:
    """Whether the sample ratio is suspicious, and what is said of the variant's views."""
    (verdict,) = [one.verdict for one in found.metrics[0].variants if one.difference is not None]
    assert found.ratio is not None
    return found.ratio.is_suspicious, verdict
