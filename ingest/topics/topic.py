"""A topic at its brokers: which partitions this consumer reads, from which offsets on, and what comes.

Offsets come from the warehouse alone. What is committed to the group is for other tools, which show the lag by it.
"""

import logging
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka import Message as Received

from ingest.readable_names import listed
from ingest.topics.messages import Message
from warehouse.errors import BadInput, Unavailable

LOG = logging.getLogger("marquee.kafka")
ANSWER_S = 5.0
# What a batch relies on; a file of properties can't change it.
FIXED: Mapping[str, str | bool] = {
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "auto.offset.reset": "error",
    "allow.auto.create.topics": False,
    "enable.partition.eof": True,
    "partition.assignment.strategy": "range,roundrobin",
}


@dataclass(frozen=True, slots=True)
class Brokers:
    """Where the brokers are, `host:port,...`, and librdkafka's properties to reach them with.

    Raises: BadInput for a property that Marquee sets itself.
    """

    addresses: str
    properties: Mapping[str, str]

    def __post_init__(self) -> None:
        own = sorted({*FIXED, "bootstrap.servers", "group.id"} & self.properties.keys())
        if own:
            raise BadInput(f"The property {own[0]} is set by Marquee and can't be changed.")

    def settings(self) -> dict[str, object]:
        """The settings of a client."""
        return {**self.properties, "bootstrap.servers": self.addresses, "logger": LOG}


def refusal_of(error: KafkaException | KafkaError) -> str:
    """What a client says is wrong, without its code."""
    found = error.args[0] if isinstance(error, KafkaException) else error
    return found.str() if isinstance(found, KafkaError) else str(found)


class Topic:
    """A topic and a consumer of it. `due` are partitions that were assigned and are not read yet; `reading` has the
    next offset of each partition that is. Use from one thread.

    Raises: BadInput for properties that librdkafka does not take.
    """

    def __init__(self, name: str, brokers: Brokers, group: str) -> None:
        self.name = name
        self.due: list[int] | None = None
        self.reading: dict[int, int] = {}
        self.ended: set[int] = set()
        self._brokers = brokers
        self._group = group
        self.trouble = ""
        # Since when nothing has come because of trouble with the brokers.
        self.silent_since = float("inf")
        self._has_begun = False
        self._ends: dict[int, int] = {}
        self._has_refused_commits = False
        try:
            self._consumer = Consumer(
                {
                    **brokers.settings(),
                    **FIXED,
                    "group.id": group,
                    "error_cb": self._note_error,
                    "on_commit": self._note_commit,
                }
            )
        except KafkaException as error:
            raise BadInput(f"The properties can't be used: {refusal_of(error)}") from error

    def close(self) -> None:
        """Leave the group, and close the connections. Brokers that are away are waited for briefly: a commit that they
        do not answer would hold the client for its session's 45 seconds.
        """
        closing = threading.Thread(target=self._consumer.close, name="close topic", daemon=True)
        closing.start()
        closing.join(ANSWER_S)

    def partitions(self, other: str = "") -> set[int]:
        """All partitions of the topic, or of another one.

        Raises: Unavailable if no broker answers; BadInput for a topic that is not there.
        """
        name, addresses = other or self.name, self._brokers.addresses
        try:
            found = self._consumer.list_topics(name, timeout=ANSWER_S).topics[name]
        except KafkaException as error:
            raise Unavailable(f"No broker answers at {addresses}: {refusal_of(error)}.") from error
        if found.error is not None:
            raise BadInput(f"The topic {name} can't be used at {addresses}: {refusal_of(found.error)}.")
        return set(found.partitions)

    def begin(self, partitions: Collection[int] | None) -> None:
        """Ask for these partitions; for all, or those that the group gives to this consumer, if None.

        Raises: Unavailable if no broker answers; BadInput for a topic or partition that is not there.
        """
        there = self.partitions()
        strange = sorted(set(partitions or ()) - there)
        if strange:
            raise BadInput(f"The topic {self.name} has no partition {strange[0]}; it has {listed(_texts(there))}.")
        if partitions is None:
            self._consumer.subscribe(
                [self.name], on_assign=self._take_over, on_revoke=self._give_up, on_lost=self._give_up
            )
        else:
            self.due = sorted(partitions)

    def read_from(self, stored: Mapping[int, int], *, skips_gone: bool) -> None:
        """Read what is `due`, each partition from what the warehouse lacks, as `stored` says; others from their
        beginning.

        Raises: Unavailable; BadInput if messages are gone that the warehouse lacks, unless they may be skipped, or if
        the partition ends before what the warehouse has.
        """
        due, self.due = self.due or [], None
        try:
            starts = {partition: self._start(partition, stored.get(partition), skips_gone) for partition in due}
        except BaseException:
            self.due = due
            raise
        self.reading, self.ended, self._has_begun = starts, set(), True
        places = [TopicPartition(self.name, *place) for place in starts.items()]
        self._consumer.assign(places)
        # A partition stays held when it is given up meanwhile.
        self._consumer.resume(places)

    def read_again(self) -> None:
        """Let the partitions be read from what the warehouse lacks by then."""
        if self.due is None:
            self.due = sorted(self.reading)
        self._stop_reading()
        self._consumer.unassign()

    def take(self, most: int, timeout_s: float) -> list[Message]:
        """The next messages; fewer, or none, if none come for so long.

        Raises: Unavailable, BadInput.
        """
        found = []
        for one in self._consumer.consume(most, timeout_s):
            error = one.error()
            if error is not None:
                self._note_end(one, error)
            elif one.partition() in self.reading:
                found.append(_message(one))
                self.reading[found[-1].partition] = found[-1].offset + 1
                self.ended.discard(found[-1].partition)
                self._note_answer()
        return found

    def serve(self, timeout_s: float) -> None:
        """Take nothing, and let the group know that this consumer lives; waits for so long.

        Raises: Unavailable.
        """
        one = self._consumer.poll(timeout_s)
        if one is None:
            return
        error = one.error()
        if error is not None:
            self._note_end(one, error)
        elif one.partition() in self.reading:
            # It was on its way when the partitions were held, and is read again.
            self.read_again()

    def hold(self) -> None:
        """Take nothing until `go_on`: what comes meanwhile stays with the brokers."""
        self._consumer.pause(self._consumer.assignment())

    def go_on(self) -> None:
        """Take again."""
        self._consumer.resume(self._consumer.assignment())

    def commit(self, offsets: Mapping[int, int]) -> None:
        """Tell the group how far partitions are loaded. Nothing relies on it."""
        places = [TopicPartition(self.name, *place) for place in offsets.items()]
        try:
            self._consumer.commit(offsets=places, asynchronous=True)
        except KafkaException as error:
            self._note_commit(error.args[0], places)

    def lag(self) -> dict[int, int]:
        """How many messages of each partition are still to be taken, as the brokers last said."""
        found = {}
        for partition, offset in self.reading.items():
            _, high = self._consumer.get_watermark_offsets(TopicPartition(self.name, partition), cached=True)
            # The client knows the end of a partition once it has fetched from it.
            found[partition] = max(high, self._ends.get(partition, 0)) - offset
        return found

    @property
    def is_at_end(self) -> bool:
        """Whether it reads partitions, and has taken all that they have."""
        return self._has_begun and self.reading.keys() <= self.ended

    def _start(self, partition: int, stored: int | None, skips_gone: bool) -> int:
        place = TopicPartition(self.name, partition)
        try:
            low, high = self._consumer.get_watermark_offsets(place, timeout=ANSWER_S)
        except KafkaException as error:
            raise Unavailable(f"Partition {partition} of {self.name} does not answer: {refusal_of(error)}.") from error
        self._ends[partition] = high
        if stored is None or (stored < low and skips_gone):
            return low
        if stored < low:
            raise BadInput(
                f"Partition {partition} of {self.name} begins at offset {low}, and the warehouse has it up to "
                f"{stored - 1}: {low - stored:,} messages are gone. Add --skip-gone to go on without them."
            )
        if stored > high:
            raise BadInput(
                f"Partition {partition} of {self.name} ends at offset {high}, and the warehouse has it up to "
                f"{stored - 1}. If the topic was made anew, add --as with another name for it."
            )
        return stored

    def _take_over(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """The group gives partitions. Where to begin is asked outside of this call, as that may take its time."""
        self.due = sorted(one.partition for one in partitions)
        self._stop_reading()
        consumer.assign([])

    def _give_up(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:  # noqa: ARG002 - as it is called
        self.due = None
        self._stop_reading()
        consumer.unassign()

    def _stop_reading(self) -> None:
        self.reading, self._has_begun = {}, False

    def _note_end(self, one: Received, error: KafkaError) -> None:
        partition = one.partition()
        if error.code() == KafkaError._PARTITION_EOF:
            self.ended.add(-1 if partition is None else partition)
            self._note_answer()
        elif error.code() == KafkaError._AUTO_OFFSET_RESET:
            # What it was to read is gone, or was never there: reading again says which.
            self.read_again()
        elif error.fatal():
            raise Unavailable(f"{self.name} can't be read: {refusal_of(error)}.")
        else:
            self._note_error(error)

    def _note_error(self, error: KafkaError) -> None:
        """librdkafka connects again by itself."""
        self.silent_since = min(self.silent_since, time.monotonic())
        self.trouble = f"{self._brokers.addresses}: {refusal_of(error)}."

    def _note_answer(self) -> None:
        self.trouble, self.silent_since = "", float("inf")

    def _note_commit(self, error: KafkaError | None, partitions: list[TopicPartition]) -> None:  # noqa: ARG002
        if error is not None and not self._has_refused_commits:
            self._has_refused_commits = True
            told = "Only its lag in other tools is wrong"
            self.trouble = f"The group {self._group} does not take offsets: {refusal_of(error)}. {told}."


def _texts(numbers: Collection[int]) -> list[str]:
    return [str(number) for number in sorted(numbers)]


def _message(one: Received) -> Message:
    partition, offset = one.partition(), one.offset()
    assert partition is not None
    assert offset is not None
    given = one.headers() or []
    pairs = given.items() if isinstance(given, dict) else given
    headers = tuple((name, _octets(value)) for name, value in pairs)
    return Message(partition, offset, _octets(one.value()), _octets(one.key()), headers)


def _octets(value: str | bytes | None) -> bytes | None:
    return value.encode() if isinstance(value, str) else value
