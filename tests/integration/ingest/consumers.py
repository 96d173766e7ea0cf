"""A consumer of a topic, in this process, that loads into a warehouse of the test."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.loading.load_file import load_file
from ingest.problems import Problem
from ingest.profiles.profile import Profile
from ingest.topics.batch import Batch
from ingest.topics.batch_limits import BatchLimits
from ingest.topics.consume import Consuming, LoadedBatch
from ingest.topics.load_batch import load_batch, malformed_of
from ingest.topics.messages import Decode, json_line
from ingest.topics.topic import Brokers, Topic
from tests.integration.new_warehouse import lay
from warehouse import Warehouse, open_warehouse
from warehouse.loads.topic_offsets import next_offsets


@dataclass
class OpenStore:
    """A warehouse that is open here."""

    warehouse: Warehouse
    table: str
    name: str
    profile: Profile = field(default_factory=Profile)

    def offsets(self) -> Mapping[int, int]:
        return next_offsets(self.warehouse.engine, self.table, self.name)

    def load(self, batch: Batch) -> Mapping[str, Any]:
        return vars(load_batch(self.warehouse, self.table, batch, self.profile).summary)

    def malformed(self, batch: Batch) -> list[Problem]:
        return malformed_of(self.table, batch, self.profile)

    def release(self) -> None:
        pass


@dataclass
class Heard:
    """What a consumer said."""

    batches: list[LoadedBatch] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def total(self, name: str) -> int:
        """The sum of a count of all batches."""
        return sum(one.report[name] for one in self.batches)


def consume(
    warehouse: Warehouse, brokers: Brokers, topic: str, table: str, decode: Decode = json_line, **more: Any
) -> Heard:
    """Consume what a topic has, from all of its partitions."""
    heard = Heard()
    name = more.pop("name", topic)
    store = more.pop("store", OpenStore(warehouse, table, name))
    limits = more.pop("limits", BatchLimits())
    reading = Topic(topic, brokers, more.pop("group", "marquee"))
    try:
        reading.begin(more.pop("partitions", reading.partitions()))
        Consuming(
            reading, name, store, decode, heard.batches.append, heard.said.append, limits, is_once=True, **more
        ).run()
    finally:
        reading.close()
    return heard


@contextmanager
def peopled(folder: Path) -> Iterator[Warehouse]:
    """A new warehouse with user 1 and film 1."""
    with open_warehouse(lay(folder / "warehouse")) as opened:
        for table, text in (("users", "id\n1\n"), ("movies", "id,title\n1,Heat\n")):
            (folder / f"{table}.csv").write_text(text)
            load_file(opened, table, folder / f"{table}.csv")
        yield opened


def film(number: int, **more: object) -> str:
    """The message of a film."""
    return json.dumps({"id": number, "title": f"Film {number}", **more})


def films(warehouse: Warehouse, first: int, last: int) -> list[tuple[int, str]]:
    """The stored films with ids in this range, both included."""
    found = warehouse.engine.query(
        f"SELECT toUInt64(id), title FROM movies WHERE toUInt64(id) BETWEEN {first} AND {last} ORDER BY 1"
    )
    return [(number, title) for number, title in found.rows]


def files_of(warehouse: Warehouse, topic: str) -> list[tuple[str, ...]]:
    """The names in the ledger of the done loads of a topic, in order."""
    found = warehouse.engine.query(
        "SELECT files FROM loads FINAL WHERE state = 'done' AND startsWith(files[1], {name:String}) ORDER BY load_id",
        {"name": f"kafka://{topic}/"},
    )
    return [tuple(files) for (files,) in found.rows]
