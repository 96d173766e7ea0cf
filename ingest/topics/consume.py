"""Consuming a topic: messages are gathered, loaded as a batch together with their offsets, and then the next ones.

The consumer keeps no state that matters. Killed at any moment, the next one asks the warehouse which offsets it has. A
batch is tried again until it is loaded; meanwhile nothing is taken, and the group is told that this consumer lives.
"""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol, TypeVar

from ingest.problems import FileRefused, Problem
from ingest.topics.batch import Batch
from ingest.topics.batch_limits import DEFAULT_LIMITS, LARGEST_BATCH_BYTES, BatchLimits
from ingest.topics.messages import Decode, Message, Row, faulty, row_of
from ingest.topics.topic import Topic
from ingest.topics.unloaded_messages import Gathered
from ingest.watching.watch import FIRST_WAIT_S, LONGEST_WAIT_S
from warehouse.errors import Unavailable
from warehouse.loads.topic_offsets import OffsetsTaken
from warehouse.plurals import counted

# How long a poll takes at most: the time until a stop is noticed.
POLL_S = 0.1
# How long brokers may be away before a consumer that does not stay gives up.
LONGEST_SILENCE_S = 30.0
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class LoadedBatch:
    """A batch that is loaded; `report` has its counts."""

    batch: Batch
    report: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            **self.report,
            "messages": self.batch.messages,
            "tombstones": self.batch.tombstones,
            "offsets": [str(span) for span in self.batch.spans],
            "lag": sum(self.batch.lag.values()),
        }

    def sentence(self) -> str:
        """One line for a person."""
        report = self.report
        reasons = ", ".join(f"{rows:,} {reason}" for reason, rows in report["reasons"].items())
        offsets = ", ".join(f"{span.partition}/{span.first}-{span.last}" for span in self.batch.spans)
        tombstones = f", {counted(self.batch.tombstones, 'tombstone')}" if self.batch.tombstones else ""
        return (
            f"{report['table']}: {counted(self.batch.messages, 'message')} ({offsets}) loaded: "
            f"{report['accepted']:,} accepted, {counted(report['duplicates'], 'duplicate')}, "
            f"{report['quarantined']:,} quarantined{f' ({reasons})' if reasons else ''}{tombstones}. "
            f"Lag: {sum(self.batch.lag.values()):,}."
        )


class Store(Protocol):
    """The warehouse, here or in the process that holds it."""

    def offsets(self) -> Mapping[int, int]:
        """The next offset of each partition. Raises: Unavailable."""

    def load(self, batch: Batch) -> Mapping[str, Any]:
        """Load a batch; returns its counts. Raises: Unavailable, OffsetsTaken, FileRefused."""

    def malformed(self, batch: Batch) -> list[Problem]:
        """What is wrong with messages of a batch, whatever is stored; their numbers are those of `Batch.numbers`."""

    def release(self) -> None:
        """Let others have the warehouse, until it is needed again."""


# Sends dead letters. Raises: Unavailable.
Send = Callable[[list[tuple[Message, Problem]]], None]


@dataclass
class Consuming:
    """One consumer of one topic, which the ledger calls `name`. `told` hears of loaded batches, `say` of trouble."""

    topic: Topic
    name: str
    store: Store
    decode: Decode
    told: Callable[[LoadedBatch], None]
    say: Callable[[str], None]
    limits: BatchLimits = DEFAULT_LIMITS
    send: Send | None = None
    ends: threading.Event = field(default_factory=threading.Event)
    is_once: bool = False
    skips_gone: bool = False
    _said: str = ""

    def run(self) -> None:
        """Consume until told to end, or with `is_once` until all partitions are at their ends. What was gathered by
        then is loaded.

        Raises: MarqueeError, with all batches before it loaded.
        """
        with ThreadPoolExecutor(1, thread_name_prefix="load") as self._loading:
            try:
                self._run()
            finally:
                self._loading.submit(self.store.release)

    def _run(self) -> None:
        while not self.ends.is_set():
            gathered = self._gather()
            if len(gathered):
                self._load_gathered(gathered)
            elif self.is_once and self.topic.is_at_end:
                return

    def _gather(self) -> Gathered:
        """The next messages: as many as a batch has, or as come in its time."""
        gathered, due_at = Gathered(self.name), float("inf")
        while not self.ends.is_set() and not self._is_full(gathered) and time.monotonic() < due_at:
            if self.topic.due is not None:
                gathered, due_at = Gathered(self.name), float("inf")
                self._begin_reading()
            before = dict(self.topic.reading)
            wait_s = max(0.0, min(POLL_S, due_at - time.monotonic()))
            came = self.topic.take(self.limits.messages - len(gathered), wait_s)
            if before.keys() - self.topic.reading.keys():
                # Another consumer has partitions by now, and will read what was gathered of them.
                gathered, due_at = Gathered(self.name), float("inf")
                continue
            gathered.add(came, before)
            if len(gathered) and due_at == float("inf"):
                due_at = time.monotonic() + self.limits.every_s
            if self.is_once and self.topic.is_at_end:
                break
            self._tell_trouble()
        return gathered

    def _is_full(self, gathered: Gathered) -> bool:
        return len(gathered) >= self.limits.messages or gathered.size_bytes >= LARGEST_BATCH_BYTES

    def _begin_reading(self) -> None:
        offsets = self._meanwhile(lambda: self._patiently(self.store.offsets))
        if self.topic.due is not None:
            self.topic.read_from(offsets, skips_gone=self.skips_gone)

    def _load_gathered(self, gathered: Gathered) -> None:
        nexts = {span.partition: span.last + 1 for span in gathered.spans}
        lag = self.topic.lag()
        is_last = not self._is_full(gathered)
        self.topic.hold()
        try:
            self._meanwhile(lambda: self._load_messages(gathered, lag))
        except OffsetsTaken as taken:
            self.say(f"{taken} Going on from what it lacks.")
            self.topic.read_again()
            return
        finally:
            self.topic.go_on()
        self.topic.commit({partition: offset for partition, offset in nexts.items() if partition in self.topic.reading})
        if is_last:
            self._meanwhile(self.store.release)

    def _meanwhile(self, do: Callable[[], Found]) -> Found:
        """Do something in the thread of loads; the brokers hear of this consumer meanwhile."""
        doing: Future[Found] = self._loading.submit(do)
        while not doing.done():
            self.topic.serve(POLL_S)
        return doing.result()

    def _load_messages(self, gathered: Gathered, lag: Mapping[int, int]) -> None:
        messages = gathered.ordered()
        rows = [self._patiently(partial(row_of, one, self.decode)) for one in messages]
        found = tuple(row for row in rows if row is not None)
        batch = Batch(gathered.spans, found, len(messages) - len(found), lag)
        self._load(batch, {(one.partition, one.offset): one for one in messages}, set())

    def _load(self, batch: Batch, messages: Mapping[tuple[int, int], Message], sent: set[tuple[int, int]]) -> None:
        """Load a batch. If the engine does not take it, it is halved until the message is alone that it does not take:
        that one goes into the quarantine."""
        try:
            if self.send is not None:
                self._send_letters(batch, messages, sent)
            report = self._patiently(lambda: self.store.load(batch))
        except FileRefused as refused:
            if len(batch.rows) > 1:
                for half in batch.halves():
                    self._load(half, messages, sent)
                return
            if not batch.rows or batch.rows[0].fault:
                raise Unavailable(f"The engine takes nothing: {refused.reason}.") from refused
            row = batch.rows[0]
            poison = faulty(messages[row.partition, row.offset], refused.reason)
            self._load(replace(batch, rows=(poison,)), messages, sent)
            return
        self.told(LoadedBatch(batch, report))

    def _send_letters(
        self, batch: Batch, messages: Mapping[tuple[int, int], Message], sent: set[tuple[int, int]]
    ) -> None:
        rows: dict[int, Row] = dict(zip(batch.numbers(), batch.rows, strict=True))
        letters = []
        for problem in self.store.malformed(batch):
            row = rows[problem.number]
            place = (row.partition, row.offset)
            if place not in sent:
                letters.append((messages[place], problem))
        if letters and self.send is not None:
            send = self.send
            self._patiently(lambda: send(letters))
            sent.update((message.partition, message.offset) for message, _ in letters)

    def _patiently(self, do: Callable[[], Found]) -> Found:
        """Do something, and again after 2 seconds, 4, 8, and finally every minute, for as long as what it needs is not
        there.

        Raises: Unavailable when told to end, and with `is_once`.
        """
        wait_s = FIRST_WAIT_S
        while True:
            try:
                return do()
            except Unavailable as error:
                if self.is_once or self.ends.is_set():
                    raise
                self.say(f"{error} It is tried again in {wait_s:g} s.")
                if self.ends.wait(wait_s):
                    raise
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    def _tell_trouble(self) -> None:
        """Say once what the brokers' trouble is.

        Raises: Unavailable with `is_once`, if it lasts.
        """
        if self.is_once and time.monotonic() - self.topic.silent_since > LONGEST_SILENCE_S:
            raise Unavailable(f"Nothing comes any more from {self.topic.trouble}")
        if self.topic.trouble != self._said:
            self._said = self.topic.trouble
            if self._said:
                self.say(self._said)
