"""Dead letters: what can't be a row goes to a topic as it came, before its batch is loaded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from ingest.problems import FileRefused
from ingest.topics import consume as consuming
from ingest.topics.batch import Batch
from ingest.topics.dead_letters import DeadLetters
from ingest.topics.topic import Brokers
from tests.integration.ingest.brokers import MockCluster
from tests.integration.ingest.consumers import OpenStore, consume, film, peopled
from warehouse import Warehouse
from warehouse.errors import Unavailable

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster() -> MockCluster:
    return MockCluster()


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with peopled(tmp_path_factory.mktemp("letters")) as opened:
        yield opened


def test_a_letter_is_the_message_and_says_why(cluster: MockCluster, warehouse: Warehouse) -> None:
    cluster.send("films", [film(1)], 0)
    cluster.send("films", [b"\xff\x00raw", '{"id": 2}'], 1, key=b"k1", headers=[("trace", b"abc")])
    heard = consume(
        warehouse, cluster.brokers, "films", "movies", send=DeadLetters("dead", cluster.brokers, "films", "movies").send
    )
    assert (heard.total("accepted"), heard.total("quarantined")) == (1, 2)
    first, second = sorted(cluster.read("dead", 2), key=lambda one: dict(one.headers())["marquee.offset"])
    assert (first.value(), first.key()) == (b"\xff\x00raw", b"k1")
    assert dict(first.headers()) == {
        "trace": b"abc",
        "marquee.topic": b"films",
        "marquee.partition": b"1",
        "marquee.offset": b"0",
        "marquee.table": b"movies",
        "marquee.reason": b"BAD_ROW",
        "marquee.explanation": b"partition 1, offset 0: it is not UTF-8, expected a JSON object",
    }
    assert second.value() == b'{"id": 2}'
    assert dict(second.headers())["marquee.reason"] == b"MISSING_VALUE"


def test_a_batch_that_is_tried_again_sends_no_letter_twice(
    cluster: MockCluster, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consuming, "FIRST_WAIT_S", 0.01)
    sent: list[int] = []

    @dataclass
    class Refusing(OpenStore):
        def load(self, batch: Batch) -> Mapping[str, Any]:
            if len(batch.rows) > 1:
                raise FileRefused("batch", "the engine refused its rows")
            return super().load(batch)

    cluster.send("pieces", ["[]", film(3), "{}", film(4)])
    store = Refusing(warehouse, "movies", "pieces")
    consume(
        warehouse,
        cluster.brokers,
        "pieces",
        "movies",
        store=store,
        send=lambda letters: sent.extend(message.offset for message, _ in letters),
    )
    assert sorted(sent) == [0, 2]


def test_nothing_is_loaded_before_its_letters_are_sent(cluster: MockCluster, warehouse: Warehouse) -> None:
    """Nobody listens there."""
    letters = DeadLetters("dead", Brokers("127.0.0.1:1", {"message.timeout.ms": "100"}), "unsent", "movies")
    cluster.send("unsent", ["[]"])
    with pytest.raises(Unavailable, match="Dead letters can't be sent to dead: "):
        consume(warehouse, cluster.brokers, "unsent", "movies", send=letters.send)
    assert OpenStore(warehouse, "movies", "unsent").offsets() == {}


def test_a_letter_that_is_too_large_goes_without_its_value(cluster: MockCluster, warehouse: Warehouse) -> None:
    small = Brokers(cluster.address, {"message.max.bytes": "2000"})
    cluster.send("wide", ["[" + "x" * 5_000])
    consume(warehouse, cluster.brokers, "wide", "movies", send=DeadLetters("dead.wide", small, "wide", "movies").send)
    (letter,) = cluster.read("dead.wide", 1)
    assert letter.value() is None
    assert dict(letter.headers())["marquee.offset"] == b"0"
