"""Topics in trouble: poisoned, huge and deleted messages, consumers that compete, loads that are taken back."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.live_traffic.to_topic import parse_address, run_live
from ingest.loading.load_file import load_file
from ingest.problems import FileRefused
from ingest.topics import consume as consuming
from ingest.topics.batch import Batch
from ingest.topics.batch_limits import BatchLimits
from ingest.topics.load_batch import load_batch
from ingest.topics.messages import Message, Row, json_line
from ingest.topics.topic import Brokers, Topic
from tests.integration.ingest.brokers import MockCluster
from tests.integration.ingest.consumers import OpenStore, consume, files_of, film, films, peopled
from tests.integration.ingest.files import HEADER, csv_row, json_row
from warehouse import Warehouse
from warehouse.errors import BadInput, Unavailable
from warehouse.loads.history_retention import HistoryAges
from warehouse.loads.quarantine import kept_aside
from warehouse.loads.topic_offsets import Span, next_offsets

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster() -> MockCluster:
    """A broker for all tests of this module, each of which has topics of its own."""
    return MockCluster()


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse for all tests of this module, with user 1 and film 1."""
    with peopled(tmp_path_factory.mktemp("topics")) as opened:
        yield opened


def test_what_the_group_has_committed_does_not_matter(cluster: MockCluster, warehouse: Warehouse) -> None:
    cluster.send("commits", [film(111), film(112)])
    consume(warehouse, cluster.brokers, "commits", "movies", group="one")
    assert consume(warehouse, cluster.brokers, "commits", "movies", group="two").batches == []
    (again,) = consume(warehouse, cluster.brokers, "commits", "movies", group="one", name="another.name").batches
    assert (again.report["accepted"], again.report["duplicates"]) == (0, 2)


def test_batches_are_as_large_as_they_may_be(cluster: MockCluster, warehouse: Warehouse) -> None:
    cluster.send("large", [film(120 + number) for number in range(5)])
    heard = consume(warehouse, cluster.brokers, "large", "movies", limits=BatchLimits(2, 60.0))
    assert [one.batch.messages for one in heard.batches] == [2, 2, 1]
    assert [sum(one.batch.lag.values()) for one in heard.batches] == [3, 1, 0]


def test_a_topic_of_nothing_but_malformed_messages_does_not_end_there(
    cluster: MockCluster, warehouse: Warehouse
) -> None:
    cluster.send("hopeless", ["[", '{"titel": "Heat"}', '{"titel": "Ran"}'])
    (done,) = consume(warehouse, cluster.brokers, "hopeless", "movies").batches
    assert done.report["reasons"] == {"BAD_ROW": 1, "MISSING_VALUE": 2}
    cluster.send("hopeless", [film(135)])
    assert consume(warehouse, cluster.brokers, "hopeless", "movies").total("accepted") == 1


def test_huge_messages_are_loaded_or_quarantined_one_by_one(cluster: MockCluster, warehouse: Warehouse) -> None:
    long = "x" * 900_000
    cluster.send("huge", [json_row(id=9_001, note=long), json_row(id=9_002, note="short"), f'{{"id": "{long}"}}'])
    (done,) = consume(warehouse, cluster.brokers, "huge", "viewing_sessions").batches
    assert (done.report["accepted"], done.report["quarantined"]) == (1, 2)
    kept = kept_aside(warehouse.engine, done.report["load_id"])
    assert [(one.row, one.reason, len(one.original) < 101_000) for one in kept] == [
        (1, "BAD_VALUE", True),
        (3, "BAD_VALUE", True),
    ]


@dataclass
class StoreThatRefuses(OpenStore):
    """A warehouse whose engine does not take what has a word in it."""

    word: str = "poison"
    tried: list[int] = field(default_factory=list)

    def load(self, batch: Batch) -> Mapping[str, Any]:
        self.tried.append(len(batch.rows))
        if any(self.word in row.line for row in batch.rows):
            raise FileRefused("batch", "the engine refused its rows")
        return super().load(batch)


def test_a_message_that_the_engine_refuses_is_quarantined_alone(cluster: MockCluster, warehouse: Warehouse) -> None:
    cluster.send("poison", [film(161), film(162), None, film(163, director="poison"), film(164)])
    store = StoreThatRefuses(warehouse, "movies", "poison")
    heard = consume(warehouse, cluster.brokers, "poison", "movies", store=store)
    assert (heard.total("accepted"), heard.total("quarantined")) == (3, 1)
    assert store.tried == [4, 2, 2, 1, 1, 1]
    (kept,) = [one for one in kept_aside(warehouse.engine) if "the engine refused" in one.explanation]
    assert kept.explanation == "partition 0, offset 3: the engine refused its rows"
    assert next_offsets(warehouse.engine, "movies", "poison") == {0: 5}


def test_two_consumers_of_one_partition_load_each_message_once(cluster: MockCluster, warehouse: Warehouse) -> None:
    """The slower one is told that the offsets are taken, and goes on after them."""
    cluster.send("twice", [film(171), film(172), film(173)])

    @dataclass
    class Slow(OpenStore):
        is_first: bool = True

        def load(self, batch: Batch) -> Mapping[str, Any]:
            if self.is_first:
                self.is_first = False
                consume(warehouse, cluster.brokers, "twice", "movies", limits=BatchLimits(2))
                cluster.send("twice", [film(174)])
            return super().load(batch)

    heard = consume(warehouse, cluster.brokers, "twice", "movies", store=Slow(warehouse, "movies", "twice"))
    assert (heard.total("accepted"), heard.total("duplicates")) == (1, 0)
    assert heard.said == [
        "kafka://twice/0/0-2 is not loaded: movies has partition 0 up to offset 2. Going on from what it lacks."
    ]
    assert len(films(warehouse, 171, 174)) == 4


def test_one_topic_may_be_loaded_into_two_tables(cluster: MockCluster, warehouse: Warehouse) -> None:
    cluster.send("both", [json.dumps({"id": 191, "title": "Ran", "username": "ada"})])
    assert consume(warehouse, cluster.brokers, "both", "movies").total("accepted") == 1
    assert consume(warehouse, cluster.brokers, "both", "users").total("accepted") == 1


def test_what_waits_for_its_user_is_released_and_stays_one_load(cluster: MockCluster, warehouse: Warehouse) -> None:
    cluster.send("waits", [json_row(id=9_101, user_id=77)])
    assert consume(warehouse, cluster.brokers, "waits", "viewing_sessions").total("quarantined") == 1
    cluster.send("waits.users", ['{"id": 77}'])
    consume(warehouse, cluster.brokers, "waits.users", "users")
    assert warehouse.engine.query("SELECT count() FROM viewing_sessions WHERE toUInt64(id) = 9101").scalar() == 1
    assert consume(warehouse, cluster.brokers, "waits", "viewing_sessions").batches == []


def test_rows_of_a_load_that_is_taken_back_do_not_come_again(cluster: MockCluster, warehouse: Warehouse) -> None:
    cluster.send("undone", [json_row(id=9_201)])
    (done,) = consume(warehouse, cluster.brokers, "undone", "viewing_sessions").batches
    warehouse.undo(done.report["load_id"])
    assert consume(warehouse, cluster.brokers, "undone", "viewing_sessions").batches == []
    assert warehouse.engine.query("SELECT count() FROM viewing_sessions WHERE toUInt64(id) = 9201").scalar() == 0


def test_the_same_rows_by_topic_and_file_count_once(cluster: MockCluster, warehouse: Warehouse, tmp_path: Path) -> None:
    path = tmp_path / "sessions.csv"
    path.write_text(f"{HEADER}\n" + "".join(csv_row(id=number) for number in (9_301, 9_302)))
    load_file(warehouse, "viewing_sessions", path)
    cluster.send("same", [json_row(id=number) for number in (9_302, 9_303, 9_303)])
    (done,) = consume(warehouse, cluster.brokers, "same", "viewing_sessions").batches
    assert (done.report["accepted"], done.report["duplicates"]) == (1, 2)
    assert (
        warehouse.engine.query("SELECT count() FROM viewing_sessions WHERE toUInt64(id) BETWEEN 9301 AND 9303").scalar()
        == 3
    )


def test_history_may_go_but_not_where_a_topic_goes_on(cluster: MockCluster, warehouse: Warehouse) -> None:
    cluster.send("history", [film(1), film(2)], 0)
    cluster.send("history", [film(3)], 1)
    consume(warehouse, cluster.brokers, "history", "movies", limits=BatchLimits(1))
    cluster.send("history.later", [film(4)])
    consume(warehouse, cluster.brokers, "history.later", "movies")
    warehouse.drop_history(HistoryAges(history_days=1), datetime.now(UTC) + timedelta(days=2))
    assert files_of(warehouse, "history") == [("kafka://history/0/1-1",), ("kafka://history/1/0-0",)]
    assert consume(warehouse, cluster.brokers, "history", "movies").batches == []


def test_messages_that_brokers_deleted_are_not_passed_over_silently(cluster: MockCluster, warehouse: Warehouse) -> None:
    """The mock cluster keeps 5 MB of a partition."""
    cluster.send("gone", [film(201)])
    consume(warehouse, cluster.brokers, "gone", "movies")
    cluster.send("gone", ["x" * 900_000 for _ in range(8)])
    cluster.send("gone", [film(202)])
    with pytest.raises(BadInput, match=r"begins at offset \d, and the warehouse has it up to 0: \d messages are gone"):
        consume(warehouse, cluster.brokers, "gone", "movies")
    assert consume(warehouse, cluster.brokers, "gone", "movies", skips_gone=True).total("accepted") == 1


def test_a_topic_that_was_made_anew_is_noticed(cluster: MockCluster, warehouse: Warehouse) -> None:
    cluster.send("anew", [film(211)])
    later = Batch((Span("anew", 0, 700, 800),), (Row(0, 750, film(212)),))
    load_batch(warehouse, "movies", later, OpenStore(warehouse, "movies", "anew").profile)
    with pytest.raises(BadInput, match=r"ends at offset 1, and the warehouse has it up to 800. If the topic was made"):
        consume(warehouse, cluster.brokers, "anew", "movies")
    assert consume(warehouse, cluster.brokers, "anew", "movies", name="anew.2").total("accepted") == 1


@pytest.mark.parametrize("end", [False, True], ids=["until it is there", "until told to end"])
def test_a_warehouse_that_is_not_there_is_waited_for(
    cluster: MockCluster, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, end: bool
) -> None:
    topic = f"patience.{end}"
    cluster.send(topic, [film(221)])
    monkeypatch.setattr(consuming, "FIRST_WAIT_S", 60.0 if end else 0.01)
    ends, said, batches = threading.Event(), list[str](), list[consuming.LoadedBatch]()

    @dataclass
    class Away(OpenStore):
        tries: int = 0

        def load(self, batch: Batch) -> Mapping[str, Any]:
            self.tries += 1
            if end or self.tries <= 2:
                raise Unavailable("The warehouse is away.")
            ends.set()
            return super().load(batch)

    def say(sentence: str) -> None:
        said.append(sentence)
        if end:
            ends.set()

    reading = Topic(topic, cluster.brokers, "marquee")
    reading.begin([0])
    run = consuming.Consuming(
        reading, topic, Away(warehouse, "movies", topic), json_line, batches.append, say, BatchLimits(1), ends=ends
    )
    if end:
        with pytest.raises(Unavailable):
            run.run()
    else:
        run.run()
        assert "The warehouse is away. It is tried again in 0.01 s." in said
        assert [one.report["accepted"] for one in batches] == [1]
    reading.close()
    assert len(next_offsets(warehouse.engine, "movies", topic)) == (0 if end else 1)


def test_what_had_come_is_loaded_before_it_ends(cluster: MockCluster, warehouse: Warehouse) -> None:
    """The batch would be due in ten minutes only."""
    cluster.send("ending", [film(231), film(232)])
    ends, batches = threading.Event(), list[consuming.LoadedBatch]()

    class Last(Topic):
        def take(self, most: int, timeout_s: float) -> list[Message]:
            came = super().take(most, timeout_s)
            if came:
                ends.set()
            return came

    reading = Last("ending", cluster.brokers, "marquee")
    reading.begin([0])
    store = OpenStore(warehouse, "movies", "ending")
    consuming.Consuming(
        reading, "ending", store, json_line, batches.append, list[str]().append, BatchLimits(10, 600.0), ends=ends
    ).run()
    reading.close()
    assert next_offsets(warehouse.engine, "movies", "ending") == {0: sum(one.report["accepted"] for one in batches)}
    assert batches


def test_what_comes_during_a_load_is_loaded_next(cluster: MockCluster, warehouse: Warehouse) -> None:
    """Nothing is taken while a load is under way, and nothing is lost."""
    cluster.send("busy", [film(241)])

    @dataclass
    class Busy(OpenStore):
        loads: int = 0

        def load(self, batch: Batch) -> Mapping[str, Any]:
            self.loads += 1
            if self.loads == 1:
                for number in range(242, 262):
                    cluster.send("busy", [film(number)], number % 4)
                time.sleep(0.5)
            return super().load(batch)

    first = consume(warehouse, cluster.brokers, "busy", "movies", store=Busy(warehouse, "movies", "busy"))
    assert first.batches[0].batch.messages == 1
    second = consume(warehouse, cluster.brokers, "busy", "movies")
    assert first.total("accepted") + second.total("accepted") == 21
    assert first.total("duplicates") + second.total("duplicates") == 0


def test_generated_traffic_goes_to_topics_and_comes_out_whole(cluster: MockCluster, warehouse: Warehouse) -> None:
    said: list[str] = []
    url = f"kafka://{cluster.address}/traffic"
    sent = run_live(url, rows_per_s=500, for_s=0.5, seed=7, say=said.append, ends=threading.Event())
    assert said == ["200 movies sent to traffic.movies.", "5,000 users sent to traffic.users."]
    assert 100 <= sent.rows <= 300
    assert sent.sentence().startswith(f"Sent {sent.rows:,} sessions to traffic, ")
    for topic, table, rows in (("movies", "movies", 200), ("users", "users", 5_000)):
        assert consume(warehouse, cluster.brokers, f"traffic.{topic}", table).total("accepted") == rows
    assert consume(warehouse, cluster.brokers, "traffic", "viewing_sessions").total("accepted") == sent.rows


def test_traffic_that_reaches_no_broker_says_so() -> None:
    with pytest.raises(Unavailable, match=r"No broker answers at 127.0.0.1:1: "):
        run_live("kafka://127.0.0.1:1/traffic", 10, 0.1, 7, list[str]().append, threading.Event())


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("kafka://kafka/sessions", ("kafka:9092", "sessions")),
        ("kafka://a:1,b/my.topic", ("a:1,b:9092", "my.topic")),
    ],
)
def test_addresses_of_topics_are_read(url: str, found: tuple[str, str]) -> None:
    assert parse_address(url) == found


@pytest.mark.parametrize("url", ["kafka://host", "kafka:///topic", "kafka://host/", "kafka://host/a/b", "kafka:topic"])
def test_an_address_without_a_broker_or_topic_is_refused(url: str) -> None:
    with pytest.raises(BadInput, match="expected kafka://HOST:PORT/TOPIC"):
        parse_address(url)


def test_brokers_that_go_away_end_a_consumer_that_does_not_stay(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consuming, "LONGEST_SILENCE_S", 0.2)
    clusters = [MockCluster()]
    clusters[0].send("away", [film(251), film(252)])
    # The client gives up on its commit by then.
    brokers = Brokers(clusters[0].address, {"session.timeout.ms": "6000"})

    @dataclass
    class Last(OpenStore):
        def load(self, batch: Batch) -> Mapping[str, Any]:
            clusters.clear()
            return super().load(batch)

    store = Last(warehouse, "movies", "away")
    with pytest.raises(Unavailable, match=r"Nothing comes any more from 127.0.0.1:\d+: "):
        consume(warehouse, brokers, "away", "movies", store=store, limits=BatchLimits(1))
    assert next_offsets(warehouse.engine, "movies", "away") == {0: 1}
