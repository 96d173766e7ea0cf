"""Faults on demand: `POST /_fault` with `{"kind": ..., "at": ..., "seconds": ...}`, for the next statement
with a text.

`delay` answers later; `cut` closes the connection before the statement runs, `cut_after` once it has run. `error` makes
the statement fail in the middle of its answer. To freeze the whole server, stop its process with SIGSTOP.
"""

import threading
import time
from dataclasses import dataclass


class Cut(Exception):
    """The connection is closed without an answer."""


@dataclass(frozen=True)
class Fault:
    """One fault, for the next statement that contains `at`."""

    kind: str
    at: str
    seconds: float = 0.0


class Faults:
    """The faults that are awaited; each happens once."""

    def __init__(self) -> None:
        self._change = threading.Lock()
        self._awaited: list[Fault] = []

    def await_(self, fault: Fault) -> None:
        """Let a fault happen."""
        with self._change:
            self._awaited.append(fault)

    def before(self, statement: str) -> Fault | None:
        """What happens to a statement; a delay has passed when this returns.

        Raises: Cut.
        """
        fault = self._taken(statement)
        if fault and fault.kind == "delay":
            time.sleep(fault.seconds)
        if fault and fault.kind == "cut":
            raise Cut
        return fault

    def _taken(self, statement: str) -> Fault | None:
        with self._change:
            fault = next((one for one in self._awaited if one.at in statement), None)
            if fault:
                self._awaited.remove(fault)
            return fault
