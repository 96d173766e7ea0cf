"""Dead letters: messages that can't be rows, sent to a topic as they came, with the reason in their headers.

They are sent before the batch is loaded: a crash in between sends them a second time, and loses none.
"""

from collections.abc import Iterable

from confluent_kafka import KafkaError, KafkaException, Producer

from ingest.problems import Problem
from ingest.topics.messages import Message
from ingest.topics.topic import ANSWER_S, Brokers, refusal_of
from warehouse.errors import Unavailable

LONGEST_HEADER = 1_000


class DeadLetters:
    """Sends messages of `source` that are for `table` to the topic `name`."""

    def __init__(self, name: str, brokers: Brokers, source: str, table: str) -> None:
        self._name = name
        self._source = source
        self._table = table
        self._producer = Producer(brokers.settings())
        self._refused: list[tuple[KafkaError, Message, Problem]] = []

    def send(self, letters: Iterable[tuple[Message, Problem]]) -> None:
        """Send messages, each with what is wrong with it. One that is too large goes without its value.

        Raises: Unavailable if not all of them are there; sending them again may repeat some.
        """
        for message, problem in letters:
            self._produce(message, problem, message.value)
        self._flush()
        too_large = [one for one in self._refused if one[0].code() == KafkaError.MSG_SIZE_TOO_LARGE]
        others = [error for error, _, _ in self._refused if error.code() != KafkaError.MSG_SIZE_TOO_LARGE]
        self._refused.clear()
        for _, message, problem in too_large:
            self._produce(message, problem, None)
        self._flush()
        others += [error for error, _, _ in self._refused]
        self._refused.clear()
        if others:
            raise Unavailable(f"Dead letters can't be sent to {self._name}: {refusal_of(others[0])}.")

    def _produce(self, message: Message, problem: Problem, value: bytes | None) -> None:
        def delivered(error: KafkaError | None, _: object) -> None:
            if error is not None:
                self._refused.append((error, message, problem))

        headers: list[tuple[str, str | bytes | None]] = [*message.headers, *self._headers(message, problem)]
        try:
            self._producer.produce(self._name, value, message.key, headers=headers, on_delivery=delivered)
        except KafkaException as error:
            self._refused.append((error.args[0], message, problem))
        except BufferError:
            self._producer.flush(ANSWER_S)
            self._produce(message, problem, value)
        self._producer.poll(0)

    def _headers(self, message: Message, problem: Problem) -> list[tuple[str, bytes]]:
        told = {
            "topic": self._source,
            "partition": str(message.partition),
            "offset": str(message.offset),
            "table": self._table,
            "reason": problem.reason.value,
            "explanation": problem.sentence[:LONGEST_HEADER],
        }
        return [(f"marquee.{name}", value.encode()) for name, value in told.items()]

    def _flush(self) -> None:
        left = self._producer.flush(ANSWER_S)
        if left:
            self._producer.purge()
            self._producer.flush(ANSWER_S)
            self._refused.clear()
            raise Unavailable(f"{left:,} dead letters got no answer from the brokers.")
