"""Runs one Spark job as a separate process: starts it, reads its output, and ends it on request or timeout.
Independent of the warehouse.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import spark
from warehouse.errors import Cancelled, Unavailable

LOG = logging.getLogger(__name__)
# The exit code of a job that has nothing to publish; spark/jobs/run_job.py has it too, and imports PySpark.
_DECLINED = 3
_LINES_KEPT = 60
_LOOK_S = 0.1
# How long a JVM may take to end when its job is done.
_JVM_ENDS_S = 10.0


class Declined(Unavailable):
    """The job succeeded, but has nothing to publish; the sentence says why."""


@dataclass(frozen=True)
class SparkProcess:
    """Runs jobs with a given Java, spill folder and timeout.

    Setting `stop` ends the process and everything it started. It also ends when this process ends, for whatever reason,
    because its standard input ends then. `lock` is a descriptor for it to hold as long as it lives.
    """

    java_home: Path
    scratch: Path
    timeout_s: float
    stop: threading.Event = field(default_factory=threading.Event)
    lock: int | None = None

    def run(self, module: str, arguments: Sequence[str], on_event: Callable[[Mapping[str, Any]], None]) -> None:
        """Run `python -m MODULE ARGUMENTS`; calls `on_event` with each progress event, in this thread.

        Raises: Unavailable if the job fails, dies or times out; Declined if it has nothing to publish; Cancelled if it
        was stopped.
        """
        last_words = f"{module} ended without a message"
        log: deque[str] = deque(maxlen=_LINES_KEPT)
        with self._started([sys.executable, "-m", module, *arguments]) as process, self._watch(process) as late:
            assert process.stderr is not None
            for line in process.stderr:
                log.append(line)
                event = _event(line)
                if event is None:
                    continue
                on_event(event)
                last_words = str(event.get("message", last_words))
            code = process.wait()
        if self.stop.is_set():
            raise Cancelled("The Spark job was stopped. The previous result stays.")
        if late.is_set():
            raise Unavailable(f"The Spark job was stopped: it was not finished after {self.timeout_s:g} seconds.")
        if code == _DECLINED:
            raise Declined(last_words)
        if code != 0:
            LOG.error("%s exited with %d:\n%s", module, code, "".join(log))
            raise Unavailable(f"The Spark job failed: {last_words}")

    @contextmanager
    def _started(self, command: list[str]) -> Iterator[subprocess.Popen[str]]:
        """The process, in its own process group with its JVM; an interrupt ends the whole group."""
        process = subprocess.Popen(
            command,
            cwd=self.scratch,
            env=self._environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
            pass_fds=() if self.lock is None else (self.lock,),
        )
        with process:
            try:
                yield process
            except BaseException:
                _kill_group(process)
                raise

    @contextmanager
    def _watch(self, process: subprocess.Popen[str]) -> Iterator[threading.Event]:
        """Kill the process on stop or timeout, which also ends reading its pipe. The event is set on timeout.

        Where the process is gone, its JVM may work on: it is killed at once, or after a while where all went well.
        """
        late, over = threading.Event(), threading.Event()
        deadline = time.monotonic() + self.timeout_s

        def watch() -> None:
            while not over.wait(_LOOK_S):
                code = process.poll()
                if code is not None:
                    over.wait(0 if code else _JVM_ENDS_S)
                    _kill_group(process)
                    return
                if self.stop.is_set() or time.monotonic() > deadline:
                    if not self.stop.is_set():
                        late.set()
                    _kill_group(process)
                    return

        watcher = threading.Thread(target=watch, name="spark watcher", daemon=True)
        watcher.start()
        try:
            yield late
        finally:
            over.set()
            watcher.join()

    def _environment(self) -> dict[str, str]:
        """Our environment without Marquee's settings: they hold secrets, and a job gets all it needs as arguments."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("MARQUEE_", "SPARK_", "PYSPARK_"))
        }
        return {
            **kept,
            "JAVA_HOME": str(self.java_home),
            "SPARK_LOCAL_DIRS": str(self.scratch),
            "PYTHONPATH": str(Path(spark.__path__[0]).parent),
        }


def _kill_group(process: subprocess.Popen[str]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        LOG.debug("nothing of process group %d is left to end", process.pid)


def _event(line: str) -> dict[str, Any] | None:
    """The line as a progress event; None for the JVM's own output."""
    if not line.startswith("{"):
        return None
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None
