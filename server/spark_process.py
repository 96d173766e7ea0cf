"""One Spark job as a process of its own: started, read along, ended when it takes too long. Knows no warehouse."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import spark
from warehouse.errors import Unavailable

LOG = logging.getLogger(__name__)
_LINES_KEPT = 60


def run_spark(module: str, folder: Path, java_home: Path, timeout_s: float, on_event: Callable[[str], None]) -> None:
    """Run `python -m MODULE --in FOLDER/in --out FOLDER/out`; each event of its progress goes to `on_event`.

    Raises: Unavailable when the job says why it failed, dies, or is not done after `timeout_s` seconds.
    """
    command = [sys.executable, "-m", module, "--in", str(folder / "in"), "--out", str(folder / "out")]
    last_words = f"{module} ended without a word"
    log: deque[str] = deque(maxlen=_LINES_KEPT)
    with _process(command, folder, java_home) as process, _deadline(process, timeout_s) as late:
        assert process.stderr is not None
        for line in process.stderr:
            log.append(line)
            event = _event(line)
            if event is None:
                continue
            on_event(str(event.get("event")))
            last_words = str(event.get("message", last_words))
        code = process.wait()
    if late.is_set():
        raise Unavailable(f"The Spark job was stopped: it was not done after {timeout_s:g} seconds.")
    if code != 0:
        LOG.error("%s exited with %d:\n%s", module, code, "".join(log))
        raise Unavailable(f"The Spark job failed: {last_words}")


@contextmanager
def _process(command: list[str], folder: Path, java_home: Path) -> Iterator[subprocess.Popen[str]]:
    """The process, in a group of its own with the JVM it starts; if we are interrupted, none of it is left behind."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=_environment(folder, java_home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    with process:
        try:
            yield process
        except BaseException:
            _kill_group(process)
            raise


@contextmanager
def _deadline(process: subprocess.Popen[str], timeout_s: float) -> Iterator[threading.Event]:
    """Kills the process when the time is up, which also ends the reading of its pipe; the event tells of it."""
    late = threading.Event()

    def end() -> None:
        late.set()
        _kill_group(process)

    timer = threading.Timer(timeout_s, end)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _kill_group(process: subprocess.Popen[str]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        LOG.debug("nothing of process group %d is left to end", process.pid)


def _environment(folder: Path, java_home: Path) -> dict[str, str]:
    """Ours, without Marquee's settings: they hold secrets, and a job is told all it may know by its arguments."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("MARQUEE_", "SPARK_", "PYSPARK_"))
    }
    return {
        **kept,
        "JAVA_HOME": str(java_home),
        "SPARK_LOCAL_DIRS": str(folder / "spill"),
        "PYTHONPATH": str(Path(spark.__path__[0]).parent),
    }


def _event(line: str) -> dict[str, object] | None:
    """The line as an event of the job's progress; None where it is the JVM's own talk."""
    if not line.startswith("{"):
        return None
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None
