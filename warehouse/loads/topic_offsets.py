"""Offsets of topics in the ledger: a load of messages names as its files which of them it brought.

`kafka://sessions/3/100-199` is the messages of partition 3 from offset 100 to 199. Rows and offsets are therefore one
entry: after any crash both are there or neither is, and the next message to read follows from the ledger alone. An
undone load keeps its offsets, because otherwise its rows would come back at once.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Self

from warehouse.engine.engine import Engine
from warehouse.errors import BadInput

_NAME = re.compile(r"kafka://([^/]+)/(\d+)/(\d+)-(\d+)")
_SPANS = (
    "(SELECT load_id, table, extractGroups(file, '^kafka://([^/]+)/(\\\\d+)/(\\\\d+)-(\\\\d+)$') AS span "
    "FROM loads FINAL ARRAY JOIN files AS file WHERE startsWith(file, 'kafka://') AND state IN ('done', 'undone'))"
)
NEWEST_SQL = (
    f"(SELECT argMax(load_id, toUInt64(span[4])) FROM {_SPANS} WHERE notEmpty(span) GROUP BY table, span[1], span[2])"
)
"""SQL of the loads that hold the highest offset of a partition: without them, the topic would be read again."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Messages of one partition of a topic, from offset `first` to `last`, both included; gaps are allowed."""

    topic: str
    partition: int
    first: int
    last: int

    @classmethod
    def parsed(cls, name: str) -> Self | None:
        """The span that a name in the ledger stands for; None if it is the name of something else."""
        found = _NAME.fullmatch(name)
        return None if found is None else cls(found[1], int(found[2]), int(found[3]), int(found[4]))

    def __str__(self) -> str:
        """Its name in the ledger."""
        return f"kafka://{self.topic}/{self.partition}/{self.first}-{self.last}"

    def __len__(self) -> int:
        return self.last - self.first + 1


class OffsetsTaken(BadInput):
    """Messages that were loaded before, by this consumer or another one."""


def next_offsets(engine: Engine, table: str, topic: str) -> dict[int, int]:
    """The first offset of each partition that is not in the table yet; partitions of which nothing is have none."""
    found = engine.query(
        f"SELECT toUInt32(span[2]), max(toUInt64(span[4])) + 1 FROM {_SPANS} "
        "WHERE table = {table:String} AND span[1] = {topic:String} GROUP BY 1 ORDER BY 1",
        {"table": table, "topic": topic},
    )
    return {int(partition): int(offset) for partition, offset in found.rows}


def refuse_taken(engine: Engine, table: str, spans: Collection[Span]) -> None:
    """Make sure that no message of the spans is in the table. The caller holds the load lock.

    Raises: OffsetsTaken.
    """
    for topic in {span.topic for span in spans}:
        loaded = next_offsets(engine, table, topic)
        for span in sorted(spans):
            if span.topic == topic and span.first < loaded.get(span.partition, 0):
                last = loaded[span.partition] - 1
                raise OffsetsTaken(f"{span} is not loaded: {table} has partition {span.partition} up to offset {last}.")


def numbers_of(spans: Iterable[Span]) -> dict[int, int]:
    """What to add to an offset of each partition for the number of its row in a load of these spans, which it names in
    this order. Rows are numbered from 1, through the offsets of one span after the other.
    """
    added, before = {}, 0
    for span in spans:
        added[span.partition] = before - span.first + 1
        before += len(span)
    return added
