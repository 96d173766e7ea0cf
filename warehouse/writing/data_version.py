"""The version of the data on a server, by which a process notices what others have changed.

It is one small statement, and concurrent callers share it. A load that is being shown has marked the ledger before its
first partition and marks it again after the last: what was read between two equal versions, neither of them taken while
a load became visible, is of one state of the data.
"""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from warehouse.engine.engine import Engine

_VERSION = (
    # A load that only begins changes nothing.
    "SELECT (SELECT (maxIf(updated_at, state != 'staging'), argMaxIf(state, updated_at, state != 'staging')) "
    "FROM loads) AS loads, "
    "(SELECT max(version) FROM rollup_states), "
    "(SELECT (sum(cityHash64(job, part, fingerprint, updated_at)), argMax(state, updated_at)) FROM spark_results) "
    "AS results, (SELECT count() FROM forgotten), (SELECT count() FROM forgetting) AS forgetting, "
    # Answers about what was before are refused from then on.
    "(SELECT max(from_load) FROM kept_history), "
    "(SELECT (max(newest), max(under_way)) FROM (SELECT max(version) AS newest, "
    "argMax(is_under_way, version) AS under_way FROM data_changes GROUP BY kind)) AS changes, "
    "loads.2 = 'committing' OR results.2 = 'swapping' OR forgetting > 0 OR changes.2 AS is_showing"
)


@dataclass(frozen=True)
class Seen:
    """A look at the version. While something `is_showing`, readers may see one part of it and not yet another."""

    version: Hashable
    is_showing: bool


class DataVersion:
    """Looks at the version and calls `changed` when it is another; safe to use from threads. `stuck` is called when a
    showing does not end for `patience_s`: its process may have died.
    """

    def __init__(
        self, engine: Engine, changed: Callable[[], object], stuck: Callable[[], object], patience_s: float
    ) -> None:
        self._engine = engine
        self._changed = changed
        self._stuck = stuck
        self._patience_s = patience_s
        self._one_looks = threading.Lock()
        self._looked_at = float("-inf")
        self._since = time.monotonic()
        self._seen = Seen(None, is_showing=False)

    def look(self, at_most_old_s: float = 0.0) -> Seen:
        """The version as of now, or of at most so long ago.

        Raises: MarqueeError when the server does not answer.
        """
        asked_at = time.monotonic() - at_most_old_s
        with self._one_looks:
            # Another thread may have looked while this one waited.
            if self._looked_at < asked_at:
                began = time.monotonic()
                *version, is_showing = self._engine.query(_VERSION).rows[0]
                self._note(Seen(tuple(map(str, version)), bool(is_showing)), began)
                self._looked_at = began
            return self._seen

    def _note(self, seen: Seen, now: float) -> None:
        if seen != self._seen:
            is_first = self._seen.version is None
            self._seen, self._since = seen, now
            if not is_first:
                self._changed()
        elif seen.is_showing and now - self._since > self._patience_s:
            self._since = now
            self._stuck()
