"""`make prove`: the long proof. Random questions over random worlds, three answers each; random GraphQL documents, held
to plain Python over the rows; every zone's every change; and kills of loaders at random instants; rows sent in ever
other ways; twins that differ where an asker may not see; and a storm of dropped and refused requests.

    python -m tests.prove [--cases 50000] [--oracle 50000] [--kills 500] [--ways 100] [--twins 25] [--storm 10]
        [--seed 0]

`make test` runs the same checks on about 1,000 questions, 600 documents, 25 kills, 3 ways, 5 twins with a third of the
probes and 20 s of storm; this runs as many as asked, on worlds of new seeds, and sweeps the buckets around every change
of the clock of every IANA zone since 1990. Ends with exit 1 at the first difference, which it prints with the seed that
brings it back.
"""

import argparse
import tempfile
import time
import zoneinfo
from bisect import bisect_right
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from rich.console import Console

from tests.integration.ingest.ways import Ways
from tests.integration.server.storm import weather
from tests.integration.server.test_non_interference import SCOPES, compare_scoped
from tests.integration.warehouse.kills import Chain
from tests.integration.warehouse.recount import bucket_name
from tests.integration.warehouse.test_rollups_never_change_an_answer import CHANGES, check, random_question
from tests.integration.warehouse.worlds import load_in_pieces, random_world
from tests.oracle.checking import checked_world
from warehouse import open_warehouse
from warehouse.calendar import Grain, Range, pieces, segments

QUESTIONS_PER_WORLD = 250
DOCUMENTS_PER_WORLD = 500
KILLS_PER_WAREHOUSE = 50
WAYS_PER_WAREHOUSE = 10
DAY_S = 86_400
YEARS = Range(int(datetime(1990, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2030, 1, 1, tzinfo=UTC).timestamp()))


def prove_questions(cases: int, seed: int, console: Console) -> None:
    """Three answers to each of `cases` questions."""
    done = 0
    began = time.monotonic()
    zones = sorted(CHANGES)
    while done < cases:
        zone = zones[seed % len(zones)]
        chance = Random(f"{zone} {seed}")
        world = random_world(chance, CHANGES[zone] + chance.randrange(-400, 400) * DAY_S * chance.choice((0, 1)))
        with (
            tempfile.TemporaryDirectory() as folder,
            open_warehouse(f"chdb://{Path(folder) / 'warehouse'}") as warehouse,
        ):
            load_in_pieces(warehouse, world, chance)
            for _ in range(min(QUESTIONS_PER_WORLD, cases - done)):
                try:
                    check(warehouse, world, random_question(chance, zone, CHANGES[zone]))
                except AssertionError:
                    console.print(f"world of {zone}, seed {seed}: python -m tests.prove --cases 250 --seed {seed}")
                    raise
                done += 1
        seed += 1
        console.print(f"{done:,} questions, {done / (time.monotonic() - began):.1f} a second", end="\r")
    console.print(f"{done:,} questions: rollups, facts and the plain recount agree to the last digit")


def prove_oracle(questions: int, seed: int, console: Console) -> None:
    """Hold the API's answers to `questions` documents to the oracle's."""
    done = 0
    began = time.monotonic()
    while done < questions:
        with checked_world(seed) as checked:
            for number in range(min(DOCUMENTS_PER_WORLD, questions - done)):
                wrong = checked.check(number)
                assert wrong is None, f"{wrong}\npython -m tests.prove --oracle {DOCUMENTS_PER_WORLD} --seed {seed}"
                done += 1
        seed += 1
        console.print(f"{done:,} documents, {done / (time.monotonic() - began):.1f} a second", end="\r")
    console.print(f"{done:,} documents: the API answers each as plain Python over the rows does")


def prove_zones(console: Console) -> None:
    """Every change of the clock since 1990, in every zone and grain, against `zoneinfo` at every quarter of an hour."""
    changes = 0
    for zone in sorted(zoneinfo.available_timezones()):
        for change in segments(zone, YEARS)[1:]:
            changes += 1
            for grain in Grain:
                reach = DAY_S if grain in (Grain.QUARTER_HOUR, Grain.HOUR) else 2 * DAY_S
                _check_around(zone, Range(change.start - reach, change.start + reach), grain, change.start)
    console.print(
        f"{changes:,} changes of the clock in {len(zoneinfo.available_timezones())} zones: every bucket is right"
    )


def _check_around(zone: str, span: Range, grain: Grain, change: int) -> None:
    found = pieces(zone, span, grain)
    starts = [piece.start for piece in found]
    for instant in {*range(span.start, span.end, 3600), change - 1, change, change + 1}:
        bucket = found[bisect_right(starts, instant) - 1].bucket
        name = bucket_name(instant, zone, grain)
        assert bucket_name(bucket, zone, grain) == name, (zone, grain, instant)
        assert bucket_name(bucket - 1, zone, grain) != name, (zone, grain, instant)
        assert datetime.fromtimestamp(bucket, ZoneInfo(zone)).timestamp() == bucket


def prove_kills(kills: int, seed: int, console: Console) -> None:
    """Kill loaders at random instants, some in a warehouse, and hold what is left to what was acknowledged."""
    done = 0
    while done < kills:
        with tempfile.TemporaryDirectory() as folder, Chain(f"chdb://{Path(folder) / 'warehouse'}", seed) as chain:
            while sum(chain.kills.values()) < min(KILLS_PER_WAREHOUSE, kills - done):
                chain.kill()
        done += sum(chain.kills.values())
        console.print(f"{done:,} kills, seed {seed}: {chain.kills}")
        seed += 1
    console.print(f"{done:,} kills: every acknowledged load is there once, nothing of another, rollups are the facts")


def prove_ways(ways: int, seed: int, console: Console) -> None:
    """Send sets of rows, each in a way of its own, and hold what is shown to what each is made of."""
    for done in range(0, ways, WAYS_PER_WAREHOUSE):
        with (
            tempfile.TemporaryDirectory() as folder,
            Ways(f"chdb://{Path(folder) / 'warehouse'}", Path(folder)) as sent,
        ):
            for way in range(done, min(done + WAYS_PER_WAREHOUSE, ways)):
                sent.send(seed + way)
            console.print(f"{way + 1:,} ways, from seed {seed}: {sent.kinds}")
    console.print(f"{ways:,} ways of sending: the warehouse is the one that has each row once")


def prove_scopes(twins: int, seed: int, console: Console) -> None:
    """Ask twins, which differ only out of an asker's scope, everything that the probes know."""
    for done in range(twins):
        scope = SCOPES[(seed + done) % len(SCOPES)]
        with tempfile.TemporaryDirectory() as folder:
            compare_scoped(scope, seed + done, Path(folder))
        console.print(f"{done + 1:,} twins, last of seed {seed + done} and scope {scope}", end="\r")
    console.print(f"{twins:,} twins: rows out of scope change no byte of an answer")


def prove_storm(minutes: float, seed: int, console: Console) -> None:
    """Drop, end and squeeze requests amid loads, and hold every answer against the one of the quiet."""
    with tempfile.TemporaryDirectory() as folder:
        found = weather(Path(folder), seed, minutes * 60)
    assert not found.wrong, (f"seed {seed}", found.wrong[:5])
    console.print(f"{minutes:g} minutes of storm, seed {seed}: no answer had another's rows: {dict(found.outcomes)}")


def main() -> None:
    """Prove."""
    parser = argparse.ArgumentParser(prog="python -m tests.prove")
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--oracle", type=int, default=50_000)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--ways", type=int, default=100)
    parser.add_argument("--twins", type=int, default=25)
    parser.add_argument("--storm", type=float, default=10, metavar="MINUTES")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    console = Console()
    prove_zones(console)
    prove_questions(asked.cases, asked.seed, console)
    prove_oracle(asked.oracle, asked.seed, console)
    prove_kills(asked.kills, asked.seed, console)
    prove_ways(asked.ways, asked.seed, console)
    prove_scopes(asked.twins, asked.seed, console)
    if asked.storm:
        prove_storm(asked.storm, asked.seed, console)


if __name__ == "__main__":
    main()
