"""`marquee ingest consume` as a process: alone, beside a server, in a group, told to end, and killed at any moment."""

import json
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.integration.ingest.brokers import MockCluster
from tests.integration.ingest.files import HEADER, csv_row, json_row
from tests.integration.server.commands import Place

pytestmark = pytest.mark.slow

PATIENCE_S = 100.0


@pytest.fixture(scope="module")
def cluster() -> MockCluster:
    return MockCluster()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A folder with a warehouse that has user 1 and film 1."""
    place = Place(tmp_path_factory.mktemp("consume"))
    for table, text in (("users", "id\n1\n"), ("movies", "id,title\n1,Heat\n")):
        (place.folder / f"{table}.csv").write_text(text)
        assert place.run("ingest", "load", table, f"{table}.csv").returncode == 0
    return place


@contextmanager
def running(place: Place, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """A command that stays. It is killed in the end, whatever the test found: waiting for it could last for ever."""
    with place.start(*arguments) as process:
        try:
            yield process
        finally:
            process.kill()


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.1)


def consume(place: Place, cluster: MockCluster, topic: str, table: str, *more: str) -> subprocess.CompletedProcess[str]:
    """Consume what is there, to the end."""
    options = ("--brokers", cluster.address, "--partitions", "all", "--once", "--json")
    return place.run("ingest", "consume", topic, "--to", table, *options, *more)


def loads_of(place: Place, topic: str) -> list[dict[str, int]]:
    """The loads of a topic."""
    loads = json.loads(place.run("ingest", "status", "--limit", "100", "--json").stdout)["loads"]
    return [one for one in loads if one["state"] == "done" and one["files"][0].startswith(f"kafka://{topic}/")]


def authorised(place: Place, role: str) -> dict[str, str]:
    """The header of a caller in a role."""
    return {"Authorization": f"Bearer {place.run('token', 'issue', '--role', role).stdout.strip()}"}


def films(first: int, count: int) -> list[str]:
    return [json.dumps({"id": number, "title": "Heat"}) for number in range(first, first + count)]


def test_what_can_not_be_consumed_is_said_in_a_sentence(place: Place, cluster: MockCluster) -> None:
    cluster.send("there", films(10, 1))
    (place.folder / "bad.properties").write_text("# ours\nsecurity.protocol=nonsense\n")
    (place.folder / "own.properties").write_text("auto.offset.reset = latest\n")
    (place.folder / "torn.properties").write_text("sasl.password hunter2\n")
    for arguments, code, sentence in (
        (["there", "--brokers", "127.0.0.1:1"], 1, "No broker answers at 127.0.0.1:1: "),
        (["nowhere"], 2, "The topic nowhere can't be used at"),
        (["there", "--partitions", "0,9"], 2, "The topic there has no partition 9; it has 0, 1, 2, 3"),
        (["there", "--partitions", "one"], 2, "--partitions is 'one', expected numbers"),
        (["a b"], 2, "'a b' can't be a topic"),
        (["there", "--format", "avro"], 2, "--format avro and --registry belong together"),
        (["there", "--dead-letters", "there"], 2, "--dead-letters can't be there itself"),
        (["there", "--dead-letters", "unborn"], 2, "The topic unborn can't be used"),
        (["there", "--properties", "no.file"], 2, "The properties in no.file can't be read"),
        (["there", "--properties", "bad.properties"], 2, "The properties can't be used: "),
        (["there", "--properties", "own.properties"], 2, "The property auto.offset.reset is set by Marquee"),
        (["there", "--properties", "torn.properties"], 2, "Line 1 of torn.properties is not a property"),
    ):
        began = time.monotonic()
        given = arguments if "--brokers" in arguments else [*arguments, "--brokers", cluster.address]
        done = place.run("ingest", "consume", *given, "--to", "movies", "--once")
        assert (done.returncode, done.stdout) == (code, ""), done
        assert sentence in done.stderr
        assert "hunter2" not in done.stderr
        assert time.monotonic() - began < PATIENCE_S


def test_rows_by_topic_http_and_file_count_once(place: Place, cluster: MockCluster) -> None:
    rows = range(1, 5)
    (place.folder / "sessions.csv").write_text(f"{HEADER}\n" + "".join(csv_row(id=row) for row in rows))
    with place.serving() as served:
        headers = {**authorised(place, "ingest"), "Content-Type": "application/x-ndjson"}
        body = "".join(json_row(id=row) for row in rows)
        sent = httpx.post(f"{served.address}/ingest/viewing_sessions", content=body, headers=headers, timeout=60)
        assert sent.json()["taken"] == 4
        cluster.send("same", [json_row(id=row) for row in rows])
        (done,) = map(json.loads, consume(place, cluster, "same", "viewing_sessions").stdout.splitlines())
        assert (done["accepted"], done["duplicates"], done["lag"]) == (0, 4, 0)
        file = place.run("ingest", "load", "viewing_sessions", "sessions.csv", "--json")
        assert json.loads(file.stdout)["duplicates"] == 4


def test_it_loads_through_the_server_and_ends_when_told_to(place: Place, cluster: MockCluster) -> None:
    cluster.send("served", films(100, 3))
    options = ("--brokers", cluster.address, "--every", "0.2", "--partitions", "0,1,2,3", "--group", "other")
    with (
        place.serving() as served,
        running(place, "ingest", "consume", "served", "--to", "movies", *options) as consuming,
    ):
        until(lambda: len(loads_of(place, "served")) == 1)
        cluster.send("served", films(103, 2), 3)
        until(lambda: len(loads_of(place, "served")) == 2)
        admin = authorised(place, "admin")
        lag = 'marquee_topic_lag_messages{partition="3",table="movies",topic="served"} 0.0'
        until(lambda: lag in httpx.get(f"{served.address}/metrics", headers=admin, timeout=60).text)
        consuming.send_signal(signal.SIGTERM)
        out, err = consuming.communicate(timeout=PATIENCE_S)
    assert consuming.returncode == 0
    assert out.splitlines() == [
        "movies: 3 messages (0/0-2) loaded: 3 accepted, 0 duplicates, 0 quarantined. Lag: 0.",
        "movies: 2 messages (3/0-1) loaded: 2 accepted, 0 duplicates, 0 quarantined. Lag: 0.",
    ]
    assert err.startswith("Consuming served. Ctrl-C stops after what has come is loaded.")


def test_consumers_of_a_group_share_its_partitions(place: Place, cluster: MockCluster) -> None:
    for partition in range(4):
        cluster.send("shared", films(1_000 + 100 * partition, 50), partition)
    options = ("--brokers", cluster.address, "--every", "0.3", "--rows", "50", "--group", "sharers", "--json")
    command = ("ingest", "consume", "shared", "--to", "movies", *options)
    with place.serving(), running(place, *command) as one, running(place, *command) as other:
        both = (one, other)
        until(lambda: sum(one["rows"] for one in loads_of(place, "shared")) >= 200)
        for partition in range(4):
            cluster.send("shared", films(1_050 + 100 * partition, 10), partition)
        until(lambda: sum(one["rows"] for one in loads_of(place, "shared")) >= 240)
        for each in both:
            each.send_signal(signal.SIGTERM)
        ends = [each.communicate(timeout=PATIENCE_S) for each in both]
    assert [each.returncode for each in both] == [0, 0], ends
    loads = loads_of(place, "shared")
    assert (sum(one["accepted"] for one in loads), sum(one["duplicates"] for one in loads)) == (240, 0)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("seed", range(4))
def test_a_consumer_killed_at_any_moment_loses_and_doubles_nothing(
    place: Place, cluster: MockCluster, seed: int
) -> None:
    """Each message is in the table and in the ledger once: a batch that came twice would count duplicates."""
    chance, topic, first = random.Random(seed), f"killed.{seed}", 10_000 * (seed + 1)
    for partition in range(4):
        cluster.send(topic, films(first + 100 * partition, 60), partition)
    options = ("--brokers", cluster.address, "--partitions", "all", "--rows", "10", "--every", "0.1")
    for _ in range(3):
        with running(place, "ingest", "consume", topic, "--to", "movies", *options) as consuming:
            assert consuming.stderr is not None
            assert consuming.stderr.readline().startswith("Consuming")
            time.sleep(chance.uniform(0.0, 4.0))
            consuming.send_signal(signal.SIGKILL)
            consuming.communicate(timeout=PATIENCE_S)
    done = consume(place, cluster, topic, "movies", "--rows", "50")
    assert done.returncode == 0, done
    loads = loads_of(place, topic)
    assert (sum(one["accepted"] for one in loads), sum(one["duplicates"] for one in loads)) == (240, 0)
    assert consume(place, cluster, topic, "movies").stdout == ""
