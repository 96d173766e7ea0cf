"""A job's progress: one JSON object per line on stderr, among the JVM's own messages.

Each has `job`, `event` (`started`, a stage, `part` where one of several parts of the result is whole, `note` for what a
person should know of the result, `done`, `failed`) and `seconds` since the job began. `part` and `done` have `run`, and
`tables`: what was written of each, its `rows` and `columns` (name and type), so that a reader of the files can check
that they match. `done` has `model` where one made the result: its kind and settings, in words.
"""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack


class Facts(TypedDict, total=False):
    """The fields that an event may have besides its name."""

    rows: int
    message: str
    part: str
    malformed: int
    late: int
    run: str
    model: str
    tables: Mapping[str, "Written"]


class Written(TypedDict):
    """What a job wrote of a table."""

    rows: int
    columns: Sequence[tuple[str, Any]]


class Progress:
    """Reports the progress of one run of one job; `run` marks what it writes."""

    def __init__(self, job: str, run: str = "") -> None:
        self.run = run
        self.tables: dict[str, Written] = {}
        self._job = job
        self._began = time.monotonic()

    def tell(self, event: str, **facts: Unpack[Facts]) -> None:
        """Write one line and flush it, because a parent process is reading."""
        seconds = round(time.monotonic() - self._began, 3)
        line = json.dumps({"job": self._job, "event": event, "seconds": seconds, **facts}, ensure_ascii=False)
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
