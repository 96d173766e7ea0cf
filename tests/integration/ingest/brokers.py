"""Brokers for tests: librdkafka's own mock cluster, which speaks Kafka's protocol on this machine, and a registry of
schemas that answers over HTTP as Confluent's does."""

import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from logging import getLogger
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition

from ingest.topics.topic import Brokers

PATIENCE_S = 30.0
Value = bytes | str | None
Reference = dict[str, Any]


class MockCluster:
    """A cluster of one broker, for as long as this object lives."""

    def __init__(self) -> None:
        quiet = {"logger": getLogger("mock"), "log_level": 0}
        self.producer = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "mock", **quiet})
        (broker,) = self.producer.list_topics(timeout=PATIENCE_S).brokers.values()
        self.address = f"{broker.host}:{broker.port}"

    @property
    def brokers(self) -> Brokers:
        """How a consumer reaches it."""
        return Brokers(self.address, {"fetch.wait.max.ms": "20"})

    def send(self, topic: str, values: Iterable[Value], partition: int = 0, **more: Any) -> None:
        """Messages, in this order; the topic is made with 4 partitions if it is not there."""
        for value in values:
            self.producer.produce(topic, value, partition=partition, **more)
        assert self.producer.flush(PATIENCE_S) == 0

    def read(self, topic: str, count: int) -> list[Any]:
        """The first so many messages of partitions of a topic."""
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": "reader", "auto.offset.reset": "earliest"})
        consumer.assign([TopicPartition(topic, partition, 0) for partition in range(4)])
        found: list[Any] = []
        while len(found) < count:
            came = consumer.consume(count - len(found), PATIENCE_S)
            assert came, f"{topic} has {len(found)} messages, expected {count}"
            found += came
        consumer.close()
        return found

    def committed(self, topic: str, group: str) -> dict[int, int]:
        """What a group has committed."""
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": group})
        found = consumer.committed([TopicPartition(topic, partition) for partition in range(4)], PATIENCE_S)
        consumer.close()
        return {one.partition: one.offset for one in found if one.offset >= 0}


@dataclass
class SchemaServer:
    """A registry: schemas by number, and by subject and version, over HTTP; `fails` answers all with that status."""

    url: str = ""
    schemas: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    subjects: dict[tuple[str, int], int] = field(default_factory=dict)
    fails: int = 0
    asked: list[str] = field(default_factory=list)

    def add(self, number: int, schema: object, kind: str = "AVRO", references: Sequence[Reference] = ()) -> None:
        """Register a schema."""
        told = {"schema": json.dumps(schema), "references": list(references)}
        self.schemas[number] = {**told, "schemaType": kind} if kind != "AVRO" else told

    def answer(self, path: str) -> tuple[int, Mapping[str, Any]]:
        """The status and body for a path."""
        self.asked.append(path)
        match path.partition("?")[0].strip("/").split("/"):
            case _ if self.fails:
                return self.fails, {"error_code": self.fails * 100, "message": "out of order"}
            case ["schemas", "ids", number] if int(number) in self.schemas:
                return 200, self.schemas[int(number)]
            case ["subjects", subject, "versions", version] if (subject, int(version)) in self.subjects:
                found = self.subjects[subject, int(version)]
                return 200, {**self.schemas[found], "id": found, "subject": subject, "version": int(version)}
        return 404, {"error_code": 40403, "message": "Schema not found"}


@contextmanager
def schema_server() -> Iterator[SchemaServer]:
    """A registry that answers until the end of the block."""
    registry = SchemaServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = registry.answer(self.path)
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    registry.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
