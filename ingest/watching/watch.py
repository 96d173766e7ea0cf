"""Watching a folder: arriving files are loaded once they are no longer written to, and then moved away.

The watcher keeps no state that matters: if it dies between loading a file and moving it, the file is loaded again, as
duplicates, and moved then. A file stays until it is loaded or refused. After a failure that is not the file's (the
warehouse can't be reached, its disk is full) it is tried again, after 2 seconds, 4, 8, and finally every minute.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.files.stream_paths import printable
from ingest.watching.drop_folder import DONE, REFUSED, Arrival, DropFolder
from warehouse.plurals import counted

FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 60.0
# An empty file is probably about to be written.
EMPTY_FOR_S = 60.0


@dataclass(frozen=True)
class Outcome:
    """The outcome of a file: `loaded`, or `refused` or `waiting` for a `reason`. `report` is that of its load,
    `moved_to` its new place."""

    arrival: Arrival
    outcome: str
    reason: str = ""
    report: Mapping[str, Any] = field(default_factory=dict)
    moved_to: Path | None = None

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        counts = ("rows", "accepted", "duplicates", "quarantined", "reasons", "extra_columns", "seconds")
        return {
            "file": printable(str(self.arrival.path)),
            "table": self.arrival.table,
            "outcome": self.outcome,
            "moved_to": printable(str(self.moved_to)) if self.moved_to else None,
            **{name: self.report.get(name) for name in counts},
            "reason": self.reason or None,
        }

    def sentence(self) -> str:
        """One line for a person."""
        name = printable(self.arrival.path.name)
        if self.outcome != "loaded":
            return f"{self.arrival.table}: {name} is {self.outcome}: {self.reason}"
        rows, accepted, duplicates, quarantined = (
            self.report[each] for each in ("rows", "accepted", "duplicates", "quarantined")
        )
        return (
            f"{self.arrival.table}: {name} is loaded, {counted(rows, 'row')}: {accepted:,} accepted, "
            f"{counted(duplicates, 'duplicate')}, {quarantined:,} quarantined."
        )


@dataclass
class _Tried:
    """A file that is to be tried again. `dealt` is its outcome if only moving it failed."""

    wait_s: float
    again_at: float
    dealt: Outcome | None


# Loads one file and returns its outcome; None if the file is gone.
Load = Callable[[Arrival], Outcome | None]


class Watch:
    """One watcher of one folder. `loading` opens a loader for as long as there are files, and releases the warehouse
    afterwards. `stops` returns whether to begin no further file.
    """

    def __init__(
        self,
        folder: DropFolder,
        loading: Callable[[], AbstractContextManager[Load]],
        stops: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._loading = loading
        self._stops = stops
        self._clock = clock
        self._seen: dict[Path, Arrival] = {}
        self._tried: dict[Path, _Tried] = {}

    @property
    def waiting(self) -> int:
        """How many files are to be tried again."""
        return len(self._tried)

    def look(self, told: Callable[[Outcome], None]) -> None:
        """Look once: load files that have not changed since the last look, and report each file's outcome.

        Raises: OSError when the folder can't be read.
        """
        arrivals = self._folder.arrivals()
        ready = [one for one in arrivals if self._is_ready(one)]
        self._seen = {one.path: one for one in arrivals}
        self._tried = {path: tried for path, tried in self._tried.items() if path in self._seen}
        if not ready:
            return
        with self._loading() as load:
            for arrival in ready:
                if self._stops():
                    return
                found = self._dealt_with(arrival, load)
                if found is None:
                    continue
                told(found)
                if found.outcome == "waiting":
                    # The same failure would most likely hit the next file, so that waits for the next look.
                    return

    def _is_ready(self, arrival: Arrival) -> bool:
        tried = self._tried.get(arrival.path)
        if tried is not None and self._clock() < tried.again_at:
            return False
        is_new = arrival.size_bytes == 0 and time.time() - arrival.changed_ns / 1e9 < EMPTY_FOR_S
        return self._seen.get(arrival.path) == arrival and not is_new

    def _dealt_with(self, arrival: Arrival, load: Load) -> Outcome | None:
        """Load a file and move it away; None if it is gone."""
        tried = self._tried.get(arrival.path)
        found = tried.dealt if tried and tried.dealt and tried.dealt.arrival == arrival else _loaded(arrival, load)
        if found is None or found.outcome == "waiting":
            return self._again(arrival, found, None)
        try:
            where = DONE if found.outcome == "loaded" else REFUSED
            moved_to = self._folder.put_away(arrival, where, found.reason)
        except OSError as error:
            why = f"it is {found.outcome}, but can't be moved: {error.strerror}."
            return self._again(arrival, Outcome(arrival, "waiting", why), found)
        self._tried.pop(arrival.path, None)
        return Outcome(arrival, found.outcome, found.reason, found.report, moved_to)

    def _again(self, arrival: Arrival, found: Outcome | None, dealt: Outcome | None) -> Outcome | None:
        if found is None:
            self._tried.pop(arrival.path, None)
            return None
        before = self._tried.get(arrival.path)
        wait_s = min(before.wait_s * 2, LONGEST_WAIT_S) if before else FIRST_WAIT_S
        self._tried[arrival.path] = _Tried(wait_s, self._clock() + wait_s, dealt)
        return Outcome(arrival, "waiting", f"{found.reason} It is tried again in {wait_s:g} s.")


def _loaded(arrival: Arrival, load: Load) -> Outcome | None:
    try:
        with arrival.path.open("rb"):
            pass
    except FileNotFoundError:
        return None
    except OSError as error:
        return Outcome(arrival, "waiting", f"it can't be read: {error.strerror}.")
    return load(arrival)


def outcome_of(arrival: Arrival, report: Mapping[str, Any]) -> Outcome:
    """A file's outcome, from the report of its load."""
    refused = report["refused"]
    if refused:
        return Outcome(arrival, "refused", refused[0]["reason"], report)
    return Outcome(arrival, "loaded", "", report)
