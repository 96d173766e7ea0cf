"""The warehouse as a consumer reaches it: by commands that run here, or in the process that holds the warehouse."""

import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import orjson

from ingest.problems import FileRefused, Problem
from ingest.profiles.profile import profile_of, read_profile
from ingest.topics.batch import Batch
from ingest.topics.load_batch import malformed_of
from warehouse.command_session import RunCommand
from warehouse.errors import Unavailable
from warehouse.loads.topic_offsets import OffsetsTaken


class RelayedStore:
    """The `table` of the warehouse, and what it has of the topic that the ledger calls `topic`. Use from one thread.

    Raises: WrongProfile.
    """

    def __init__(
        self,
        commands: Callable[[], AbstractContextManager[RunCommand]],
        table: str,
        topic: str,
        profile: str | None,
        profiles: Path,
    ) -> None:
        self._commands = commands
        self._table = table
        self._topic = topic
        self._options = ["--profile", profile] if profile else []
        self._profile = profile_of(read_profile(profile, profiles) if profile else {})
        self._profile.check_table(table)
        self._opened = ExitStack()
        self._run: RunCommand | None = None

    def offsets(self) -> dict[int, int]:
        """The next offset of each partition.

        Raises: Unavailable.
        """
        found = self._asked("topic-offsets", self._table, self._topic)
        return {int(partition): offset for partition, offset in found.items()}

    def load(self, batch: Batch) -> Mapping[str, Any]:
        """Load a batch; returns its counts.

        Raises: Unavailable, OffsetsTaken, FileRefused.
        """
        with tempfile.TemporaryDirectory(prefix="marquee-batch-") as folder:
            path = Path(folder, "batch.json")
            batch.write(path)
            found = self._asked("load-batch", self._table, str(path), *self._options)
        if "taken" in found:
            raise OffsetsTaken(found["taken"])
        if "refused" in found:
            raise FileRefused(self._topic, found["refused"])
        return found

    def malformed(self, batch: Batch) -> list[Problem]:
        """What is wrong with messages of a batch, whatever is stored."""
        return malformed_of(self._table, batch, self._profile)

    def release(self) -> None:
        """Let others have the warehouse, until it is needed again."""
        self._run = None
        self._opened.close()

    def _asked(self, *command: str) -> dict[str, Any]:
        """What a command printed.

        Raises: Unavailable, with what it said, if it printed nothing.
        """
        if self._run is None:
            self._run = self._opened.enter_context(self._commands())
        done = self._run(["ingest", *command])
        if not done.out.strip():
            self.release()
            said = done.err.strip().splitlines()
            raise Unavailable(said[-1] if said else f"The command {command[0]} ended with {done.code}.")
        found: dict[str, Any] = orjson.loads(done.out)
        return found
