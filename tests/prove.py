"""`make prove`: the long proof. What `make test` shows on a small sample of a fixed seed is shown here on the whole.

    python -m tests.prove [--minutes 30] [--only questions --only kills] [--size 1000] [--seed 0]

Prints one line a proof: how much of it was proved, in what time, and what that says. `--minutes` is shared by all that
are run: one that is done early leaves its time to those after it, and one that has no time left says how much of the
whole it came to. `--size` takes the place of each whole. Ends with exit 1 at the first difference, which it prints with
the seed that brings it back.
"""

import argparse
import re
import signal
import subprocess
import sys
import tempfile
import time
import zoneinfo
from bisect import bisect_right
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from rich.console import Console

from tests.cost_sweep import Charged, charges, demo_api, spread
from tests.integration.ingest.conftest import Session
from tests.integration.ingest.kinds_of_files import KINDS
from tests.integration.ingest.mangled import mangle
from tests.integration.ingest.random_sendings import Ways
from tests.integration.ingest.test_any_file_people_have import empty_a_folder_of
from tests.integration.server.spark_kills import WHO, SparkKills
from tests.integration.server.storm import weather
from tests.integration.server.test_fuzz import marked_door, send_strange
from tests.integration.server.test_non_interference import SCOPES, compare_scoped, compare_small
from tests.integration.warehouse.modes import served_engine
from tests.integration.warehouse.random_kills import Chain, PowerCuts
from tests.integration.warehouse.recount import bucket_name
from tests.integration.warehouse.rivals import Rivals
from tests.integration.warehouse.test_rollups_never_change_an_answer import CHANGES, check, random_question
from tests.integration.warehouse.worlds import load_in_pieces, random_world
from tests.oracle.checking import checked_world
from warehouse import open_warehouse
from warehouse.query.local_time import Grain, Range, pieces, segments

# After so many a new world or warehouse begins, of the next seed.
QUESTIONS_PER_WORLD, DOCUMENTS_PER_WORLD, REQUESTS_PER_WAREHOUSE, STORM_S = 250, 500, 5_000, 30
KILLS_PER_WAREHOUSE, SPARK_KILLS_PER_WAREHOUSE, WAYS_PER_WAREHOUSE = 50, 20, 10
SOAK_S = 300
# The sweep of costs: looked at after so many questions, of which the middle nine tenths differ by this factor at most.
SWEPT_SESSIONS, SWEPT_AT_ONCE, MOST_SPREAD = 2_000_000, 200, 10.0
# Rounds of two processes on one server, and how long a silent one keeps the right to write.
ROUNDS_PER_SERVER, LEASE_S = 20, 3.0
DAY_S = 86_400
YEARS = Range(int(datetime(1990, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2030, 1, 1, tzinfo=UTC).timestamp()))
ROOT = Path(__file__).parent.parent
Steps = Generator[int, None, None]


def zones(seed: int) -> Steps:
    """Every change of the clock since 1990, in every zone and grain, against `zoneinfo` at every quarter of an hour."""
    names = sorted(zoneinfo.available_timezones())
    # A run that ends early has covered some zones of every part of the world.
    Random(seed).shuffle(names)
    for zone in names:
        for change in segments(zone, YEARS)[1:]:
            for grain in Grain:
                reach = DAY_S if grain in (Grain.QUARTER_HOUR, Grain.HOUR) else 2 * DAY_S
                _check_around(zone, Range(change.start - reach, change.start + reach), grain, change.start)
            yield 1


def _check_around(zone: str, span: Range, grain: Grain, change: int) -> None:
    found = pieces(zone, span, grain)
    starts = [piece.start for piece in found]
    for instant in {*range(span.start, span.end, 3600), change - 1, change, change + 1}:
        bucket = found[bisect_right(starts, instant) - 1].bucket
        name = bucket_name(instant, zone, grain)
        assert bucket_name(bucket, zone, grain) == name, (zone, grain, instant)
        assert bucket_name(bucket - 1, zone, grain) != name, (zone, grain, instant)
        assert datetime.fromtimestamp(bucket, ZoneInfo(zone)).timestamp() == bucket


def questions(seed: int) -> Steps:
    """Three answers to each question; a world each for 250 of them."""
    names = sorted(CHANGES)
    while True:
        zone = names[seed % len(names)]
        chance = Random(f"{zone} {seed}")
        world = random_world(chance, CHANGES[zone] + chance.randrange(-400, 400) * DAY_S * chance.choice((0, 1)))
        with _seed(seed), _folder() as folder, open_warehouse(f"chdb://{folder / 'warehouse'}") as warehouse:
            load_in_pieces(warehouse, world, chance)
            for _ in range(QUESTIONS_PER_WORLD):
                check(warehouse, world, random_question(chance, zone, CHANGES[zone]))
                yield 1
        seed += 1


def oracle(seed: int) -> Steps:
    """Hold the API's answers to random documents to those of plain Python over the rows."""
    while True:
        with _seed(seed), checked_world(seed) as checked:
            for number in range(DOCUMENTS_PER_WORLD):
                wrong = checked.check(number)
                assert wrong is None, wrong
                yield 1
        seed += 1


def kills(seed: int) -> Steps:
    """Kill loaders at random instants, some in a warehouse, and hold what is left to what was acknowledged."""
    while True:
        with _seed(seed), _folder() as folder, Chain(f"chdb://{folder / 'warehouse'}", seed) as chain:
            while (done := sum(chain.kills.values())) < KILLS_PER_WAREHOUSE:
                chain.kill()
                yield sum(chain.kills.values()) - done
        seed += 1


def cuts(seed: int) -> Steps:
    """Kill loaders at random instants, and lose what they had not synced."""
    while True:
        with _seed(seed), _folder() as folder, PowerCuts(folder / "warehouse", seed) as chain:
            while (done := sum(chain.kills.values())) < KILLS_PER_WAREHOUSE:
                chain.kill()
                yield sum(chain.kills.values()) - done
        seed += 1


def spark_kills(seed: int) -> Steps:
    """Kill Spark's runs: who runs them, the job, or its JVM, some in a warehouse."""
    while True:
        with _seed(seed), _folder() as folder, SparkKills(folder, seed) as killed:
            for number in range(SPARK_KILLS_PER_WAREHOUSE):
                killed.kill(WHO[number % len(WHO)])
                yield 1
            killed.run_whole()
        seed += 1


def processes(seed: int) -> Steps:
    """Let two processes load into one server, kill or stop one of them in each round, some rounds on a server."""
    while True:
        with _seed(seed), _folder() as folder, served_engine(folder) as engine, Rivals(engine, seed, LEASE_S) as rivals:
            for _ in range(ROUNDS_PER_SERVER):
                rivals.round()
                yield 1
            rivals.check()
        seed += 1


def ways(seed: int) -> Steps:
    """Send sets of rows, each in a way of its own, and hold what is shown to what each is made of."""
    while True:
        with _seed(seed), _folder() as folder, Ways(f"chdb://{folder / 'warehouse'}", folder) as sent:
            for _ in range(WAYS_PER_WAREHOUSE):
                sent.send(seed)
                seed += 1
                yield 1


def twins(seed: int) -> Steps:
    """Ask twins, which differ only out of an asker's scope, everything that the probes know."""
    while True:
        with _seed(seed), _folder() as folder:
            compare_scoped(SCOPES[seed % len(SCOPES)], seed, folder)
        seed += 1
        yield 1


def small_groups(seed: int) -> Steps:
    """Ask twins, which differ only in groups of too few people, everything that the probes know."""
    while True:
        with _seed(seed), _folder() as folder:
            compare_small(seed, folder)
        seed += 1
        yield 1


def fuzz(seed: int) -> Steps:
    """Send requests that nobody would send on purpose."""
    while True:
        with _seed(seed), _folder() as folder, marked_door(folder) as door:
            for _ in range(0, REQUESTS_PER_WAREHOUSE, 500):
                yield send_strange(door, seed, 500).total()
                seed += 1


def costs(seed: int) -> Steps:
    """Random questions of every kind; processor time, so that it counts beside other work too."""
    charged: list[Charged] = []
    with demo_api(SWEPT_SESSIONS) as api:
        for one in charges(api, seed):
            charged.append(one)
            if len(charged) % SWEPT_AT_ONCE == 0:
                assert spread(charged) <= MOST_SPREAD, f"{spread(charged):.1f} times, of {len(charged):,} questions"
            yield 1


def files(seed: int) -> Steps:
    """Read mangled files of each format, after a watched folder of every kind of file that people have."""
    with _seed(seed), _folder() as folder, closing(Session(folder)) as session:
        empty_a_folder_of(session, KINDS)
        yield len(KINDS)
    with _folder() as folder:
        while True:
            with _seed(seed):
                mangle(seed, folder)
            seed += 1
            yield 1


def storm(seed: int) -> Steps:
    """Drop, end and squeeze requests amid loads, and hold every answer against the one of the quiet."""
    while True:
        with _seed(seed), _folder() as folder:
            found = weather(folder, seed, STORM_S)
            assert not found.wrong, found.wrong[:5]
        seed += 1
        yield STORM_S


def soak(_: int) -> Steps:
    """Run everything at once for five minutes, with floods, slow clients and hostile senders among it."""
    command = [sys.executable, "-m", "tests.soak", "--minutes", str(SOAK_S / 60)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-5_000:] + run.stderr[-2_000:]
    yield SOAK_S


def sampled(_: int) -> Steps:
    """Run the tests of which `make test` runs some cases, in all of their cases and modes."""
    folders = ("ingest", "oracle", "resolvers", "server", "spark", "warehouse")
    for folder in (*(f"tests/integration/{one}" for one in folders), "tests/clients"):
        yield _passed(folder, "--all-cases", "-m", "sampled or by_turns")


def slow(_: int) -> Steps:
    """Run the tests of which `make test` draws a twentieth."""
    yield _passed("tests", "-m", "slow", *_SIDE_BY_SIDE)


def on_server(_: int) -> Steps:
    """Run the integration tests with every warehouse on a server, folder by folder."""
    for folder in ("oracle", "ingest", "resolvers", "server", "spark", "warehouse"):
        yield _passed(f"tests/integration/{folder}", "--on-server", *_SIDE_BY_SIDE)


_SIDE_BY_SIDE = ("--numprocesses", "3", "--dist", "loadfile", "--no-loadscope-reorder")


def _passed(folder: str, *options: str) -> int:
    """Run the tests of a folder; returns how many passed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, folder]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    # 5: there are none in this folder.
    assert run.returncode in (0, 5), run.stdout[-5_000:] + run.stderr[-2_000:]
    passed = re.search(r"(\d+) passed", run.stdout)
    return int(passed[1]) if passed else 0


@dataclass(frozen=True)
class Proof:
    """`steps` takes a seed and yields how many units more are proved, until the whole is or nothing is left."""

    whole: int | None
    units: str
    claim: str
    steps: Callable[[int], Steps]


PROOFS = {
    "zones": Proof(None, "changes of a clock", "every bucket around them is right", zones),
    "questions": Proof(50_000, "questions", "rollups, facts and the plain recount agree to the last digit", questions),
    "oracle": Proof(50_000, "documents", "the API answers each as plain Python over the rows does", oracle),
    "kills": Proof(500, "kills", "every acknowledged load is there once, nothing of another, rollups are facts", kills),
    "cuts": Proof(200, "power cuts", "what was acknowledged was on the disk, and nothing else is shown", cuts),
    "spark": Proof(200, "kills of Spark", "a result is the one before or the new, whole", spark_kills),
    "processes": Proof(200, "rounds", "of two processes on one server nothing is lost or doubled", processes),
    "ways": Proof(100, "ways of sending", "the warehouse is the one that has each row once", ways),
    "twins": Proof(25, "twins", "rows out of scope change no byte of an answer", twins),
    "small": Proof(25, "twins", "groups of too few people change no byte of an answer", small_groups),
    "fuzz": Proof(100_000, "strange requests", "each ends in an answer or a refusal, and tells nothing hidden", fuzz),
    "costs": Proof(1_000, "questions", "a unit of cost buys nine in ten of them as much time, within ten times", costs),
    "files": Proof(20_000, "files", "each is refused by a sentence or counted; rows nobody touched are as sent", files),
    "storm": Proof(600, "seconds of storm", "no answer had another's rows", storm),
    "soak": Proof(SOAK_S, "seconds", "under load and attack rows are counted right and nothing grows", soak),
    "slow": Proof(None, "tests", "each that takes seconds passes", slow),
    "on_server": Proof(None, "tests", "each integration test passes on a server too, or is about a folder", on_server),
    "sampled": Proof(None, "cases", "each case of what make test samples passes, in each mode", sampled),
}


def prove(name: str, seed: int, size: int | None, until: float, console: Console) -> None:
    """Run one proof to its whole, or until a moment of the monotonic clock, and print its line.

    Raises: KeyboardInterrupt when it is stopped, after the line of what it came to.
    """
    proof = PROOFS[name]
    whole = size or proof.whole
    done, began, why = 0, time.monotonic(), ""

    def line() -> str:
        of = f" of {whole:,}, {why}" if whole and why else f" of all, {why}" if why else ""
        took = f"{time.monotonic() - began:,.0f} s"
        return f"{name:<10}{done:,} {proof.units}{of}, {took}, from seed {seed}: {proof.claim}"

    try:
        with closing(proof.steps(seed)) as steps:
            for more in steps:
                done += more
                if console.is_terminal:
                    console.print(f"{name:<10}{done:,} {proof.units}", end="\r")
                if whole and done >= whole:
                    break
                if time.monotonic() > until:
                    why = "its time was over"
                    break
    except KeyboardInterrupt:
        why = "it was stopped"
        console.print(line(), soft_wrap=True)
        raise
    console.print(line(), soft_wrap=True)


@contextmanager
def _seed(seed: int) -> Iterator[None]:
    """Say with a failure how it comes back."""
    try:
        yield
    except Exception as error:
        error.add_note(f"again: python -m tests.prove --seed {seed}, with --only this proof")
        raise


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def main() -> None:
    """Prove."""
    parser = argparse.ArgumentParser(prog="python -m tests.prove")
    parser.add_argument("--only", action="append", choices=PROOFS, help="this proof, and others that are named so")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="for all together")
    parser.add_argument("--size", type=int, help="instead of each proof's whole")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    # A proof of hours that is ended says what it came to.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    names = asked.only or list(PROOFS)
    end = time.monotonic() + asked.minutes * 60
    for place, name in enumerate(names):
        now = time.monotonic()
        prove(name, asked.seed, asked.size, now + max(0.0, end - now) / (len(names) - place), Console())


if __name__ == "__main__":
    main()
