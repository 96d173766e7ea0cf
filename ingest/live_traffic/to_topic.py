"""`marquee ingest generate --live RATE --to kafka://HOST/TOPIC`: generated traffic as messages of topics.

Sessions go to the topic, and the films and people that they need to `TOPIC.movies` and `TOPIC.users`. The key of a
message is the id of its film or user, so that what follows from one another stays in one partition.
"""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import orjson
from confluent_kafka import KafkaError, KafkaException, Message, Producer

from ingest.live_traffic.generate_live import LARGEST_PIECE, PIECES_A_SECOND
from ingest.live_traffic.traffic import Traffic
from ingest.topics.topic import ANSWER_S, Brokers, refusal_of
from warehouse.errors import BadInput, Unavailable
from warehouse.plurals import counted

_ADDRESS = re.compile(r"kafka://([^/,]+(?:,[^/,]+)*)/([a-zA-Z0-9._-]{1,240})")
_PORT = "9092"
# How long messages without an answer are still waited for after the end.
GRACE_S = 30.0


def parse_address(url: str) -> tuple[str, str]:
    """The brokers and the topic of an address; a broker without a port has Kafka's own.

    Raises: BadInput.
    """
    found = _ADDRESS.fullmatch(url)
    if found is None:
        raise BadInput(f"--to is {url!r}, expected kafka://HOST:PORT/TOPIC")
    brokers = (one if ":" in one else f"{one}:{_PORT}" for one in found[1].split(","))
    return ",".join(brokers), found[2]


@dataclass
class SentMessages:
    """Counts of what was sent: `rows` of sessions that brokers have, and messages that they do not have."""

    topic: str
    rows: int = 0
    unanswered: int = 0
    seconds: float = 0.0
    why: str = ""

    def sentence(self) -> str:
        """One line for a person."""
        lost = f" {counted(self.unanswered, 'message')} could not be sent: {self.why}." if self.unanswered else ""
        rate = self.rows / max(self.seconds, 1e-9)
        return f"Sent {self.rows:,} sessions to {self.topic}, {rate:,.0f}/s, in {self.seconds:.1f} s.{lost}"


def run_live(
    url: str, rows_per_s: int, for_s: float | None, seed: int, say: Callable[[str], None], ends: threading.Event
) -> SentMessages:
    """Send films and people, then sessions at a rate, for `for_s` seconds or until told to end.

    Raises: BadInput for a malformed address; Unavailable if no broker answers.
    """
    addresses, topic = parse_address(url)
    sender = _Sender(Producer(Brokers(addresses, {}).settings()), SentMessages(topic))
    try:
        sender.producer.list_topics(timeout=ANSWER_S)
    except KafkaException as error:
        raise Unavailable(f"No broker answers at {addresses}: {refusal_of(error)}.") from error
    traffic = Traffic.of(seed)
    for table, body in traffic.catalogue():
        rows = sender.send(f"{topic}.{table}", body, "id")
        say(f"{rows:,} {table} sent to {topic}.{table}.")
    sender.send_at_rate(traffic, topic, rows_per_s, for_s, ends)
    return sender.sent


@dataclass
class _Sender:
    producer: Producer
    sent: SentMessages

    def send(self, topic: str, body: bytes, key: str) -> int:
        """Send the lines of a body, by the value of a column as their key; returns how many."""
        lines = body.splitlines()
        for line in lines:
            self._produce(topic, line, str(orjson.loads(line)[key]))
        return len(lines)

    def send_at_rate(
        self, traffic: Traffic, topic: str, rows_per_s: int, for_s: float | None, ends: threading.Event
    ) -> None:
        """Send pieces of sessions as they are due. A slow broker gets fewer of them, not all of them later."""
        self.producer.flush(GRACE_S)
        began, number = time.monotonic(), 0
        piece = max(1, min(LARGEST_PIECE, rows_per_s // PIECES_A_SECOND))
        until = began + (float("inf") if for_s is None else for_s)
        while not ends.is_set() and time.monotonic() < until:
            self.send(topic, traffic.sessions(number, piece), "user_id")
            self.producer.poll(0)
            number += 1
            ends.wait(max(0.0, min(until, began + number * piece / rows_per_s) - time.monotonic()))
        left = self.producer.flush(GRACE_S)
        if left:
            self._note(left, "they got no answer")
        self.sent.seconds = time.monotonic() - began

    def _produce(self, topic: str, line: bytes, key: str) -> None:
        while True:
            try:
                self.producer.produce(topic, line, key.encode(), on_delivery=self._note_delivery)
            except BufferError:
                self.producer.poll(0.1)
                continue
            except KafkaException as error:
                self._note(1, refusal_of(error))
            return

    def _note_delivery(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self._note(1, refusal_of(error))
        elif message.topic() == self.sent.topic:
            self.sent.rows += 1

    def _note(self, messages: int, why: str) -> None:
        self.sent.unanswered += messages
        self.sent.why = why
