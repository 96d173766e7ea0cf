"""What a soak sends through Kafka, beside all else: rows, repeats and messages that can't be rows, to the mock cluster
of librdkafka, with two consumers of which one is killed now and then; and what must be stored of it in the end.
"""

import asyncio
import json
import subprocess
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from random import Random

from tests.bench.together import new_sessions
from tests.integration.ingest.brokers import MockCluster
from tests.integration.server.commands import MARQUEE
from warehouse import Warehouse
from warehouse.loads.topic_offsets import Span

TOPIC, TABLE, PARTITIONS = "sessions", "viewing_sessions", 4
# Each consumer's partitions. They don't join a group: its members would wait for one another at each kill.
SHARES = ("0,1", "2,3")
KILL_EVERY_S = 15.0


class TopicTraffic:
    """The messages sent so far, and the consumers."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.cluster = MockCluster()
        self.sent: Counter[int] = Counter()
        self.ids: set[int] = set()
        self.malformed = self.kills = 0
        self._environment = dict(environment)
        self.cluster.send(TOPIC, ["no row"])
        self._count(0, malformed=True)

    async def send(self, until: float, post: Callable[[bytes], Awaitable[object]]) -> None:
        """Send a few messages now and then: a tenth of the rows twice, some also over HTTP by `post`, which must not
        count them again, and few that are no rows."""
        chance = Random(1)
        while time.monotonic() < until:
            body = new_sessions(chance.randint(1, 40))
            rows = body.decode().splitlines()
            elsewhere = asyncio.ensure_future(post(body)) if chance.random() < 0.2 else None
            for row in [*rows, *chance.sample(rows, len(rows) // 10)]:
                await self._send(chance.randrange(PARTITIONS), row)
            if chance.random() < 0.2:
                await self._send(chance.randrange(PARTITIONS), "{", malformed=True)
            if elsewhere:
                await elsewhere
            await asyncio.sleep(chance.random() / 2)

    async def _send(self, partition: int, message: str, *, malformed: bool = False) -> None:
        await asyncio.to_thread(self.cluster.send, TOPIC, [message], partition)
        self._count(partition, malformed)
        if not malformed:
            self.ids.add(json.loads(message)["id"])

    def _count(self, partition: int, malformed: bool) -> None:
        self.sent[partition] += 1
        self.malformed += malformed

    async def consume(self, until: float) -> list[str]:
        """Keep the consumers running, kill one of them now and then, and load the rest in the end. What went wrong."""
        chance = Random(2)
        running = [self._consumer("--partitions", share) for share in SHARES]
        try:
            while time.monotonic() + 2 * KILL_EVERY_S < until:
                await asyncio.sleep(KILL_EVERY_S)
                number = chance.randrange(len(SHARES))
                ended = [one.returncode for one in running if one.poll() is not None]
                if ended:
                    return [f"a consumer ended by itself with {ended}"]
                running[number].kill()
                running[number].wait()
                self.kills += 1
                running[number] = self._consumer("--partitions", SHARES[number])
            # One that has just begun does not take a signal yet.
            await asyncio.sleep(max(KILL_EVERY_S, until - time.monotonic()))
        finally:
            for one in running:
                one.terminate()
            codes = [await asyncio.to_thread(one.wait) for one in running]
        rest = self._consumer("--partitions", "all", "--once")
        codes.append(await asyncio.to_thread(rest.wait))
        return [f"consumers ended with {codes}"] if any(codes) else []

    def _consumer(self, *options: str) -> "subprocess.Popen[bytes]":
        brokers = ("--brokers", self.cluster.address, "--every", "1")
        command = [str(MARQUEE), "ingest", "consume", TOPIC, "--to", TABLE, *brokers, *options]
        return subprocess.Popen(command, env=self._environment, stdout=subprocess.DEVNULL)

    def differences(self, warehouse: Warehouse) -> list[str]:
        """How the facts and the ledger differ from what was sent: every row once, every message in one load."""
        engine, names = warehouse.engine, {"name": f"kafka://{TOPIC}/"}
        stored = engine.query(
            f"SELECT toUInt64(id), count() FROM {TABLE} WHERE toUInt64(id) IN {{ids:Array(UInt64)}} GROUP BY 1",
            {"ids": sorted(self.ids)},
        ).rows
        wrong = [f"{count} rows of the topic have the id {number}" for number, count in stored if count != 1]
        if len(stored) != len(self.ids):
            wrong.append(f"{len(self.ids):,} rows were sent to the topic, and {len(stored):,} are stored")
        loads = engine.query(
            "SELECT files, rows, quarantined FROM loads FINAL WHERE state = 'done' "
            "AND startsWith(files[1], {name:String})",
            names,
        ).rows
        spans = sorted(span for files, _, _ in loads for name in files if (span := Span.parsed(name)))
        for partition in range(PARTITIONS):
            ours = [span for span in spans if span.partition == partition]
            ends = [0, *(span.last + 1 for span in ours)]
            if [span.first for span in ours] != ends[:-1] or ends[-1] != self.sent[partition]:
                wrong.append(f"the ledger has {ours} of {self.sent[partition]} messages of partition {partition}")
        told = (sum(rows for _, rows, _ in loads), sum(aside for _, _, aside in loads))
        if told != (self.sent.total(), self.malformed):
            wrong.append(
                f"the ledger has (messages, quarantined) {told}: {self.sent.total(), self.malformed} were sent"
            )
        return wrong
