"""A batch: messages of one topic that become one load, and the file in which another process may load it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from ingest.topics.messages import Row
from warehouse.loads.topic_offsets import Span, numbers_of


@dataclass(frozen=True, slots=True)
class Batch:
    """The `rows` of the messages of `spans`, ordered by partition and offset. Tombstones have none. `lag` is how many
    messages of each partition come after it, as far as known.
    """

    spans: tuple[Span, ...]
    rows: tuple[Row, ...]
    tombstones: int = 0
    lag: Mapping[int, int] = field(default_factory=dict)

    @property
    def messages(self) -> int:
        """How many messages it has, with tombstones."""
        return len(self.rows) + self.tombstones

    def numbers(self) -> list[int]:
        """The number of each row in the load."""
        added = numbers_of(self.spans)
        return [row.offset + added[row.partition] for row in self.rows]

    def write(self, path: Path) -> None:
        """Write it to a file."""
        path.write_bytes(
            orjson.dumps(
                {
                    "spans": [str(span) for span in self.spans],
                    "rows": [(one.partition, one.offset, one.line, one.fault, one.original) for one in self.rows],
                    "tombstones": self.tombstones,
                    "lag": {str(partition): messages for partition, messages in self.lag.items()},
                }
            )
        )

    @classmethod
    def read(cls, path: Path) -> "Batch":
        """A batch as `write` wrote it."""
        found = orjson.loads(path.read_bytes())
        return cls(
            tuple(span for name in found["spans"] if (span := Span.parsed(name))),
            tuple(Row(*row) for row in found["rows"]),
            found["tombstones"],
            {int(partition): messages for partition, messages in found["lag"].items()},
        )

    def halves(self) -> tuple["Batch", "Batch"]:
        """The batch in two, cut between two rows; there are two at least. Tombstones go with the first."""
        middle = len(self.rows) // 2
        first, second = self.rows[:middle], self.rows[middle:]
        edge = second[0]
        early = [_until(span, edge) for span in self.spans if (span.partition, span.first) < _place(edge)]
        late = [_from(span, edge) for span in self.spans if (span.partition, span.last) >= _place(edge)]
        return Batch(tuple(early), first, self.tombstones), Batch(tuple(late), second, 0, self.lag)


def _place(row: Row) -> tuple[int, int]:
    return row.partition, row.offset


def _until(span: Span, edge: Row) -> Span:
    last = edge.offset - 1 if span.partition == edge.partition else span.last
    return Span(span.topic, span.partition, span.first, last)


def _from(span: Span, edge: Row) -> Span:
    first = edge.offset if span.partition == edge.partition else span.first
    return Span(span.topic, span.partition, first, span.last)
