"""One Spark job as a process of its own: started, read along, ended when it is told to or takes too long. Knows no
warehouse."""

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
_LINES_KEPT = 60
_LOOK_S = 0.1


@dataclass(frozen=True)
class SparkProcess:
    """How jobs are run: on which Java, in which folder for what they spill, how long at most, and until when.

    Setting `stop` ends the process, with all that it started.
    """

    java_home: Path
    scratch: Path
    timeout_s: float
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self, module: str, arguments: Sequence[str], on_event: Callable[[Mapping[str, Any]], None]) -> None:
        """Run `python -m MODULE ARGUMENTS`; each event of its progress goes to `on_event`, in this thread.

        Raises: Unavailable when the job says why it failed, dies, or is not done in time; Cancelled when it was
        stopped.
        """
        last_words = f"{module} ended without a word"
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
            raise Cancelled("The Spark job was stopped. What was there before stays.")
        if late.is_set():
            raise Unavailable(f"The Spark job was stopped: it was not done after {self.timeout_s:g} seconds.")
        if code != 0:
            LOG.error("%s exited with %d:\n%s", module, code, "".join(log))
            raise Unavailable(f"The Spark job failed: {last_words}")

    @contextmanager
    def _started(self, command: list[str]) -> Iterator[subprocess.Popen[str]]:
        """The process, in a group of its own with the JVM it starts; if we are interrupted, none of it is left."""
        process = subprocess.Popen(
            command,
            cwd=self.scratch,
            env=self._environment(),
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
    def _watch(self, process: subprocess.Popen[str]) -> Iterator[threading.Event]:
        """Kills the process when it is to stop or its time is up, which also ends the reading of its pipe; the event
        tells of the latter."""
        late, over = threading.Event(), threading.Event()
        deadline = time.monotonic() + self.timeout_s

        def watch() -> None:
            while not over.wait(_LOOK_S):
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
        """Ours, without Marquee's settings: they hold secrets, and a job is told all it may know by its arguments."""
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
    """The line as an event of the job's progress; None where it is the JVM's own talk."""
    if not line.startswith("{"):
        return None
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None
