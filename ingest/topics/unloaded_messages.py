"""Messages on their way into a batch: by partition, from the first offset that the warehouse lacks."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.topics.messages import Message
from warehouse.loads.topic_offsets import Span


@dataclass
class Gathered:
    """Messages of a topic, which the ledger calls `topic`; `firsts` are the offsets that partitions begin at."""

    topic: str
    firsts: dict[int, int] = field(default_factory=dict)
    messages: dict[int, list[Message]] = field(default_factory=dict)
    size_bytes: int = 0

    def __len__(self) -> int:
        return sum(map(len, self.messages.values()))

    def add(self, messages: Sequence[Message], firsts: dict[int, int]) -> None:
        """Add messages; `firsts` are the offsets from which their partitions were read before they came."""
        for one in messages:
            self.firsts.setdefault(one.partition, firsts[one.partition])
            self.messages.setdefault(one.partition, []).append(one)
            self.size_bytes += one.size_bytes

    @property
    def spans(self) -> tuple[Span, ...]:
        """Which offsets they are."""
        return tuple(
            Span(self.topic, partition, self.firsts[partition], self.messages[partition][-1].offset)
            for partition in sorted(self.messages)
        )

    def ordered(self) -> list[Message]:
        """The messages by partition and offset."""
        return [one for partition in sorted(self.messages) for one in self.messages[partition]]
