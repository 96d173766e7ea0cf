"""A Spark process that fails, dies or hangs ends in one sentence, and leaves no process behind."""

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from server.spark_jobs.process import SparkProcess
from spark import java
from tests.conftest import ROOT
from tests.integration.server.sockets import comes_true
from tests.integration.server.spark_kills import is_running
from warehouse.errors import Cancelled, Unavailable


def run(folder: Path, script: str, timeout_s: float = 30) -> list[str]:
    """Run a script in a job's place; the events it tells."""
    (folder / "stand_in.py").write_text(script)
    events: list[str] = []
    process = SparkProcess(java.find(), folder, timeout_s)
    process.run("stand_in", [], lambda event: events.append(str(event["event"])))
    return events


def test_events_are_told_and_the_jvms_own_talk_is_not(tmp_path: Path) -> None:
    script = """
import sys
sys.stderr.write('WARNING: Using incubator modules\\n{"event": "started"}\\n{not json\\n[1]\\n{"event": "done"}\\n')
"""
    assert run(tmp_path, script) == ["started", "done"]


def test_the_jobs_own_words_say_why_it_failed(tmp_path: Path) -> None:
    script = """
import sys
sys.stderr.write('{"event": "failed", "message": "the column genre is missing"}\\n')
sys.exit(1)
"""
    with pytest.raises(Unavailable, match=r"^The Spark job failed: the column genre is missing$"):
        run(tmp_path, script)


def test_a_job_that_is_killed_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="ended without a message"):
        run(tmp_path, "import os; os.kill(os.getpid(), 9)")


def test_a_job_that_hangs_is_stopped_with_all_it_started(tmp_path: Path) -> None:
    # Like PySpark: a child that holds the pipe open.
    script = """
import pathlib, subprocess, time
child = subprocess.Popen(["sleep", "60"])
pathlib.Path("child").write_text(str(child.pid))
time.sleep(60)
"""
    began = time.monotonic()
    with pytest.raises(Unavailable, match="not finished after 2 seconds"):
        run(tmp_path, script, timeout_s=2)
    assert time.monotonic() - began < 20
    # A busy machine takes a while to end what was killed.
    assert comes_true(lambda: not is_running(int((tmp_path / "child").read_text())))


def test_a_job_that_dies_takes_its_jvm_along(tmp_path: Path) -> None:
    # The JVM holds the pipe open, and works on.
    script = """
import os, pathlib, signal, subprocess
child = subprocess.Popen(["sleep", "600"])
pathlib.Path("child").write_text(str(child.pid))
os.kill(os.getpid(), signal.SIGKILL)
"""
    with pytest.raises(Unavailable, match="ended without a message"):
        run(tmp_path, script, timeout_s=300)
    # A busy machine takes a while to end what was killed.
    assert comes_true(lambda: not is_running(int((tmp_path / "child").read_text())))


def test_a_job_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    (tmp_path / "stand_in.py").write_text("""
import pathlib, os, subprocess, time
from spark.parent_watch import end_with_stdin
end_with_stdin()
child = subprocess.Popen(["sleep", "600"])
pathlib.Path("pids.new").write_text(f"{os.getpid()} {child.pid}")
os.replace("pids.new", "pids")
time.sleep(600)
""")
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from pathlib import Path; from server.spark_jobs.process import SparkProcess; from spark import java; "
            f"SparkProcess(java.find(), Path({str(tmp_path)!r}), 600).run('stand_in', [], print)",
        ],
        cwd=ROOT,
    )
    assert comes_true((tmp_path / "pids").exists)
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert all(map(is_running, pids))
    parent.kill()
    parent.wait()
    assert comes_true(lambda: not any(map(is_running, pids)))


def test_a_job_holds_the_lock_as_long_as_it_lives(tmp_path: Path) -> None:
    (tmp_path / "stand_in.py").write_text('import sys; print(\'{"event": "on"}\', file=sys.stderr); sys.stdin.read()')
    lock = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    seen: list[bool] = []

    def heard(_: object) -> None:
        # As if this process were gone: only the job has the lock.
        os.close(lock)
        seen.append(is_locked(tmp_path))
        process.stop.set()

    process = SparkProcess(java.find(), tmp_path, 60, lock=lock)
    with pytest.raises(Cancelled):
        process.run("stand_in", [], heard)
    assert seen == [True]
    assert not is_locked(tmp_path)


def is_locked(folder: Path) -> bool:
    other = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(other)
    return False


def test_a_job_that_is_stopped_ends_at_once_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "stand_in.py").write_text(
        'import sys, time; print(\'{"event": "on"}\', file=sys.stderr); time.sleep(60)'
    )
    process = SparkProcess(java.find(), tmp_path, 60)
    began = time.monotonic()
    with pytest.raises(Cancelled, match="was stopped"):
        process.run("stand_in", [], lambda _: process.stop.set())
    assert time.monotonic() - began < 20


def test_a_job_is_not_told_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARQUEE_SECRET", "hush")
    script = "import os, pathlib; pathlib.Path('seen').write_text(' '.join(os.environ))"
    run(tmp_path, script)
    seen = (tmp_path / "seen").read_text().split()
    assert "JAVA_HOME" in seen
    assert "MARQUEE_SECRET" not in seen
