"""The pipeline: parts are swapped in as they are whole, what has not changed is left alone, a run that ends early goes
on where it was. The job is a stand-in; tests/integration/server/test_charts_are_ranked.py runs Spark's own.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from server.spark_jobs.job_runner import JobOutcome, JobRunner, Stage
from server.spark_jobs.jobs import JOBS, JobRequest
from spark import java
from tests.integration.new_warehouse import lay
from tests.integration.resolvers.world import FILMS, PEOPLE, SESSIONS, World, load
from warehouse import Warehouse, open_warehouse
from warehouse.errors import BadInput, Cancelled, Overloaded, Unavailable
from warehouse.staging.results import Result, record
from warehouse.staging.snapshot import Piece
from warehouse.staging.storage import Place

pytestmark = pytest.mark.slow

JANUARY, FEBRUARY, MARCH = (datetime(2026, month, 14, tzinfo=UTC) for month in (1, 2, 3))
STAND_IN = {"rankings": replace(JOBS["rankings"], module="tests.integration.server.stand_in_job")}


def sessions(*starts: datetime, first: int = 1) -> World:
    """One session a start; who watched what is of no matter."""
    rows = tuple(replace(SESSIONS[0], id=str(first + at), start=start) for at, start in enumerate(starts))
    return World((), (), rows, ())


@dataclass
class Scene:
    """A warehouse with sessions of three months, and a pipeline over it."""

    pipeline: JobRunner
    stages: list[Stage]

    @property
    def warehouse(self) -> Warehouse:
        return self.pipeline.warehouse

    def told(self, what: str) -> None:
        """Tell the stand-in how to end."""
        (Path(self.pipeline.place.root) / "told").write_text(what)

    def months(self) -> list[str]:
        """The months that have charts."""
        found = self.warehouse.engine.query("SELECT DISTINCT toYYYYMM(period_start) FROM movie_rankings ORDER BY 1")
        return [str(month) for (month,) in found.rows]

    def ranked(self) -> list[str]:
        """The parts that were computed since it was asked last."""
        lines = [stage.line for stage in self.stages]
        self.stages.clear()
        return [line.split()[1] for line in lines if line.startswith("swapping")]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    stages: list[Stage] = []
    with open_warehouse(lay(tmp_path / "warehouse")) as warehouse:
        load(warehouse, World(FILMS, PEOPLE, (), ()))
        load(warehouse, sessions(JANUARY, FEBRUARY, MARCH))
        (tmp_path / "staging").mkdir()
        place = Place(str(tmp_path / "staging"))
        yield Scene(JobRunner(warehouse, place, tmp_path / "scratch", 60, report=stages.append, jobs=STAND_IN), stages)


def test_each_part_is_swapped_in_and_a_second_run_starts_no_process(scene: Scene) -> None:
    outcome = scene.pipeline.run("rankings")
    # The week of a month's first days begins in the month before.
    assert scene.ranked() == ["202512", "202601", "202602", "202603"]
    assert (outcome.rows_read, outcome.rows_written, outcome.parts, outcome.unchanged) == (10, 4, 4, 0)
    again = scene.pipeline.run("rankings")
    assert (scene.ranked(), again.rows_written, again.parts, again.unchanged) == ([], 0, 0, 4)
    staging = Path(scene.pipeline.place.root)
    assert {one.relative_to(staging).parts[0] for one in staging.rglob("*.parquet")} == {"snapshot"}
    assert list(scene.pipeline.scratch.iterdir()) == []


def test_only_parts_whose_sessions_changed_are_computed_again(scene: Scene) -> None:
    scene.pipeline.run("rankings")
    scene.ranked()
    load(scene.warehouse, sessions(JANUARY, first=100))
    scene.pipeline.run("rankings")
    assert scene.ranked() == ["202512", "202601"]
    # Later data completes what was still running: of March, and of February's last week not any more.
    load(scene.warehouse, sessions(datetime(2026, 3, 20, tzinfo=UTC), first=200))
    scene.pipeline.run("rankings")
    assert scene.ranked() == ["202602", "202603"]


def test_a_change_that_no_chart_tells_of_computes_nothing_again(scene: Scene) -> None:
    scene.pipeline.run("rankings")
    scene.ranked()
    watched = SESSIONS[0].film
    unseen = replace(watched, id="987654", title="Nobody Saw It")
    load(scene.warehouse, World((unseen, replace(watched, minutes=77)), (), (), ()))
    outcome = scene.pipeline.run("rankings")
    assert (scene.ranked(), outcome.unchanged) == ([], 4)
    # A title tells which of a tie comes first, and a genre has a chart: they matter where the film was watched.
    load(scene.warehouse, World((replace(watched, title="Another Title"),), (), (), ()))
    scene.pipeline.run("rankings")
    assert scene.ranked() == ["202512", "202601", "202602", "202603"]
    load(scene.warehouse, World((replace(unseen, title="Nobody Ever"),), (), (), ()))
    scene.pipeline.run("rankings")
    assert scene.ranked() == []


def test_a_snapshot_that_was_tampered_with_is_written_again_before_it_is_read(scene: Scene) -> None:
    scene.pipeline.run("rankings")
    scene.ranked()
    staging = Path(scene.pipeline.place.root)
    (february,) = staging.glob("snapshot/viewing_sessions/month=202602/*.parquet")
    (january,) = staging.glob("snapshot/viewing_sessions/month=202601/*.parquet")
    whole = february.read_bytes()
    february.write_bytes(january.read_bytes())
    # Nothing is computed of it, and nobody reads it.
    scene.pipeline.run("rankings")
    load(scene.warehouse, sessions(datetime(2026, 3, 20, tzinfo=UTC), first=200))
    scene.pipeline.run("rankings")
    assert scene.ranked() == ["202602", "202603"]
    assert february.read_bytes() == whole


def test_a_change_of_the_clocks_rules_is_a_change_of_patterns(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = [Piece("viewing_sessions", "202601", 3, 5, "sessions"), Piece("users", "", 3, 5)]
    request = JobRequest(JANUARY)
    before = {name: JOBS[name].fingerprints(pieces, request) for name in ("patterns", "geography")}
    assert before["patterns"] == JOBS["patterns"].fingerprints(pieces, request)
    moved = {"Africa/El_Aaiun": [(0, 0), (1_772_452_800, 3600)]}
    monkeypatch.setattr("server.spark_jobs.jobs.rules_of", lambda _: moved)
    assert JOBS["patterns"].fingerprints(pieces, request)[""] != before["patterns"][""]
    assert JOBS["geography"].fingerprints(pieces, request) == before["geography"]


def test_months_without_sessions_any_more_lose_their_charts(scene: Scene) -> None:
    load(scene.warehouse, sessions(datetime(2026, 6, 20, tzinfo=UTC), first=300))
    last = scene.warehouse.engine.query("SELECT max(load_id) FROM loads").scalar()
    scene.pipeline.run("rankings")
    assert scene.months()[-1] == "202606"
    scene.warehouse.undo(last)
    scene.pipeline.run("rankings")
    assert scene.months() == ["202512", "202601", "202602", "202603"]


def test_without_any_session_any_more_nothing_computed_is_left(scene: Scene) -> None:
    pipeline, engine = replace(scene.pipeline, jobs={**JOBS, **STAND_IN}), scene.warehouse.engine
    pipeline.run("rankings")
    engine.command("INSERT INTO view_forecast VALUES ('Drama', '2026-04-01', 5, 3, 8, true)")
    record(engine, Result("forecast", "", "of these sessions"))
    for (load_id,) in engine.query("SELECT DISTINCT load_id FROM loads WHERE table = 'viewing_sessions'").rows:
        scene.warehouse.undo(load_id)
    for job, table in (("rankings", "movie_rankings"), ("forecast", "view_forecast")):
        pipeline.run(job)
        assert engine.query(f"SELECT count() FROM {table}").scalar() == 0
        with pytest.raises(Unavailable, match="There are no sessions yet"):
            pipeline.run(job)


def test_a_backfill_computes_the_months_it_is_asked_for(scene: Scene) -> None:
    scene.pipeline.run("rankings", (date(2026, 2, 1), date(2026, 2, 28)))
    assert (scene.ranked(), scene.months()) == (["202602"], ["202602"])
    scene.pipeline.run("rankings", (date(2026, 1, 5), None))
    assert (scene.ranked(), scene.months()) == (["202601", "202603"], ["202601", "202602", "202603"])


def test_a_run_that_fails_keeps_what_it_did_and_the_next_goes_on(scene: Scene) -> None:
    scene.told("fail")
    with pytest.raises(Unavailable, match=r"^The Spark job failed: the weather is bad$"):
        scene.pipeline.run("rankings")
    assert scene.ranked() == ["202512", "202601", "202602"]
    scene.told("")
    scene.pipeline.run("rankings")
    assert (scene.ranked(), len(scene.months())) == (["202603"], 4)


@pytest.mark.parametrize(
    ("left", "sentence"),
    [("other run", "is of the run another, and not of"), ("fewer", "1 rows, and the job reported 2")],
)
def test_a_result_that_is_not_what_the_job_told_is_refused(scene: Scene, left: str, sentence: str) -> None:
    scene.told(left)
    with pytest.raises(Unavailable, match=sentence):
        scene.pipeline.run("rankings")
    assert scene.months() == []


def test_a_job_that_declines_to_publish_ends_well_and_leaves_what_is_there(scene: Scene) -> None:
    scene.pipeline.run("rankings", (date(2026, 2, 1), date(2026, 2, 28)))
    scene.told("decline")
    outcome = scene.pipeline.run("rankings")
    assert (outcome.declined, outcome.parts, scene.months()) == ("There is too little to say.", 0, ["202602"])
    # It is asked again, for there may be more to say.
    scene.told("")
    assert scene.pipeline.run("rankings").parts == 3


def test_a_run_that_is_stopped_ends_and_the_next_goes_on(scene: Scene) -> None:
    scene.told("wait")
    stop = threading.Event()

    def report(stage: Stage) -> None:
        scene.stages.append(stage)
        if stage.line == "waiting":
            stop.set()

    with pytest.raises(Cancelled):
        replace(scene.pipeline, report=report, stop=stop).run("rankings")
    scene.told("")
    scene.stages.clear()
    scene.pipeline.run("rankings")
    assert scene.ranked() == ["202603"]


def test_a_second_run_is_refused_while_one_is_at_work(scene: Scene) -> None:
    waiting, go_on, ended = threading.Event(), threading.Event(), list[JobOutcome]()

    def report(_: Stage) -> None:
        waiting.set()
        go_on.wait(30)

    thread = threading.Thread(target=lambda: ended.append(replace(scene.pipeline, report=report).run("rankings")))
    thread.start()
    assert waiting.wait(30)
    with pytest.raises(Overloaded, match="running already"):
        scene.pipeline.run("rankings")
    go_on.set()
    thread.join(60)
    assert [outcome.parts for outcome in ended] == [4]


def test_what_it_cannot_run_is_said_before_anything_is_exported(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pipeline = scene.pipeline
    with pytest.raises(BadInput, match=r"There is no job weather\. Jobs: rankings, patterns, geography,"):
        replace(pipeline, jobs=JOBS).run("weather")
    with pytest.raises(BadInput, match="patterns has one result for all months: run it without --from and --to"):
        replace(pipeline, jobs=JOBS).run("patterns", (date(2026, 1, 1), None))
    with pytest.raises(BadInput, match="--to 2026-01-01 lies before --from 2026-02-01"):
        pipeline.run("rankings", (date(2026, 2, 1), date(2026, 1, 1)))
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match=r"Spark's folder .*file/in can't be used: Not a directory"):
        replace(pipeline, scratch=tmp_path / "file" / "in").run("rankings")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(java, "WHERE_SYSTEMS_KEEP_THEM", ())
    with pytest.raises(Unavailable, match=r"needs Java 17 or newer: install e\.g\. openjdk-17-jre-headless"):
        pipeline.run("rankings")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(Unavailable, match=r"needs PySpark: install the extra `spark`"):
        pipeline.run("rankings")
    assert list(Path(pipeline.place.root).rglob("*.parquet")) == []


def test_an_empty_warehouse_has_nothing_to_compute(tmp_path: Path) -> None:
    with open_warehouse(f"chdb://{tmp_path / 'warehouse'}") as warehouse:
        pipeline = JobRunner(warehouse, Place(str(tmp_path / "staging")), tmp_path / "scratch")
        with pytest.raises(Unavailable, match=r"There are no sessions yet, and nothing for rankings to compute"):
            pipeline.run("rankings")
