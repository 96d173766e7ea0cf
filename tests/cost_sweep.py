"""The cost sweep: random questions of every kind, each with what it is charged and the processor time that it takes.

    python -m tests.cost_sweep --sessions 2000000 --questions 1000

Costs are estimates, so they need not be exact; but if some questions take much more time a unit than others, a budget
of units bounds nothing. Questions that take next to nothing are counted as `LEAST_S`: what an answer takes anyway.
"""

import argparse
import statistics
import sys
import tempfile
import time
from asyncio import Runner
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from random import Random

from graphql import parse

from ingest.files.file_format import FileFormat
from ingest.generator.demo import DemoSize, write_demo
from ingest.loading.load_files import load_files
from ingest.progress import silent
from resolvers.root import build_schema
from schema.limits.cost import estimate
from schema.roles import Role
from tests.oracle.api_in_process import Api
from warehouse import open_warehouse

UNTIL = datetime(2026, 6, 30, 12, tzinfo=UTC)
# What parsing, checking, planning and encoding take of a question about nothing.
LEAST_S = 0.01
GRAINS = ("HOUR", "DAY", "WEEK", "MONTH")
DIMENSIONS = (
    *("HOUR_OF_DAY", "DAY_OF_WEEK", "MOVIE", "GENRE", "DIRECTOR", "RELEASE_YEAR", "DAYS_SINCE_RELEASE"),
    *("DEVICE", "QUALITY", "COUNTRY", "SUBSCRIPTION", "AGE_BAND", "GENDER"),
)
SUMS = ("views", "watchMinutes", "watchHours", "completedViews", "bufferingEvents", "completionRate")
SETS = ("viewers", "activeTitles")
UNSTORED = ("newViewers", "returningViewers", "watchMinutesP50", "watchMinutesP95")
PANELS = {
    "dashboard": "users viewers views watchHours averageRating",
    "dailyTrends": "day views viewers watchHours completionRate",
    "hourlyTrends": "hour views viewers watchHours",
    "genres": "genre views viewers averageRating",
    "devices": "device views viewers bufferingPerView",
    "countries": "country users viewers views watchHours",
    "topMovies": "rank movie { id title } views viewers averageRating",
}
INSIGHTS = {
    "retention": "start viewers returns { period viewers }",
    "completionFunnel": "steps { reached views viewers }",
    "concurrency(grain: HOUR)": "time peakViewers",
    "stickiness": "day dailyViewers monthlyViewers",
    "quality(by: COUNTRY)": "value views bufferingP95",
}
LISTS = (
    "movies(first: 50, orderBy: {field: VIEWS, direction: DESC}) { edges { node { id title views averageRating } } }",
    "users(first: 50, orderBy: {field: WATCH_HOURS, direction: DESC}) { edges { node { id watchHours views } } }",
    "users(first: 50) { totalCount edges { node { id email country } } }",
    "ratings(first: 100) { totalCount edges { node { id rating movie { title } } } }",
)
FILTERS = (
    '{country: {in: ["US", "DE"]}}',
    '{device: {eq: "Smart TV"}, subscription: {eq: "Premium"}}',
    '{not: {genre: {eq: "Drama"}}}',
    "{hourOfDay: {gte: 20}}",
    '{ageBand: {eq: "25-34"}}',
)
RANGES = ('{last: "P7D"}', '{last: "P30D"}', '{last: "P90D"}', '{last: "P1Y"}')
ZONES = ("UTC", "America/New_York", "Asia/Kolkata")


@dataclass(frozen=True)
class Charged:
    """One question: its document, its cost, and the seconds of processor time that it took."""

    kind: str
    document: str
    cost: int
    seconds: float

    @property
    def seconds_per_unit(self) -> float:
        """The time that one unit of cost bought."""
        return max(self.seconds, LEAST_S) / self.cost


def random_documents(chance: Random) -> Iterator[tuple[str, str]]:
    """Kinds and documents without end; grouping as often as all others."""
    while True:
        kind = chance.choice(("viewing", "viewing", "viewing", "rating", "panel", "insight", "insight", "list"))
        if kind == "list":
            yield kind, f"{{ {chance.choice(LISTS)} }}"
        elif kind == "panel":
            name, fields = chance.choice(list(PANELS.items()))
            yield kind, f"{{ {name}{_arguments(_shared(chance))} {{ {fields} }} }}"
        elif kind == "insight":
            name, fields = chance.choice(list(INSIGHTS.items()))
            field, _, own = name.rstrip(")").partition("(")
            given = ([own] if own else []) + [*_shared(chance)]
            yield field, f"{{ {field}{_arguments(given)} {{ {fields} }} }}"
        else:
            yield kind, _grouped(chance, kind)


def _shared(chance: Random) -> list[str]:
    given = [f"range: {chance.choice(RANGES)}", f'timeZone: "{chance.choice(ZONES)}"']
    return given + ([f"where: {chance.choice(FILTERS)}"] if chance.random() < 0.4 else [])


def _grouped(chance: Random, fact: str) -> str:
    if fact == "rating":
        measures = ["ratingsCount", "averageRating"]
        filters = [one for one in FILTERS if "device" not in one]
        given = [f"range: {chance.choice(RANGES)}", f"where: {chance.choice(filters)}"][: chance.randrange(1, 3)]
    else:
        measures = chance.sample(SUMS, chance.randrange(0, 4)) + chance.sample(SETS, chance.randrange(0, 3))
        measures += chance.sample(UNSTORED, chance.choice((0, 0, 1, 2, 4)))
        given = _shared(chance)
    groups = chance.sample(
        [one for one in DIMENSIONS if fact == "viewing" or one not in ("DEVICE", "QUALITY")],
        chance.choice((0, 1, 1, 2, 3, 5)),
    )
    groups += [chance.choice(GRAINS)] if chance.random() < 0.4 else []
    rows = [f"by: [{', '.join(groups)}]"] if groups else []
    rows += [f"limit: {chance.choice((1, 10, 100, 1000))}"]
    given += ["compareTo: PREVIOUS_PERIOD"] if chance.random() < 0.2 else []
    given += ['asOf: "2100-01-01"'] if chance.random() < 0.1 else []
    measures = measures or ["views" if fact == "viewing" else "ratingsCount"]
    previous = f" previous {{ {measures[0]} }}" if "compareTo" in str(given) else ""
    return f"{{ {fact}{_arguments(given)} {{ rows{_arguments(rows)} {{ {' '.join(measures)}{previous} }} }} }}"


def _arguments(given: Sequence[str]) -> str:
    return f"({', '.join(given)})" if given else ""


@contextmanager
def demo_api(sessions: int) -> Iterator[Api]:
    """The API over a new warehouse of demo data."""
    size = DemoSize(movies=2_000, users=max(sessions // 20, 10), sessions=sessions, ratings=100_000, days=360)
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "files"
        write_demo(files, FileFormat.PARQUET, size, 7, UNTIL)
        with open_warehouse(f"chdb://{Path(folder) / 'warehouse'}") as warehouse, Runner() as runner:
            for table in ("movies", "users", "ratings", "viewing_sessions"):
                load_files(warehouse, table, [(table, files / f"{table}.parquet")], silent)
            yield Api(warehouse, build_schema(), runner)


def charge(api: Api, kind: str, document: str) -> Charged | None:
    """Ask one question twice, and keep the quicker time: the first may pay for what both share. None if refused."""
    taken = []
    for _ in range(2):
        began = time.process_time()
        body = api.body(document, role=Role.ADMIN)
        taken.append(time.process_time() - began)
        if "errors" in body:
            return None
    return Charged(kind, document, estimate(parse(document), {}), min(taken))


def charges(api: Api, seed: int) -> Iterator[Charged]:
    """Random questions without end, of those that are answered."""
    for kind, document in random_documents(Random(seed)):
        found = charge(api, kind, document)
        if found:
            yield found


def sweep(api: Api, seed: int, questions: int) -> list[Charged]:
    """So many random questions that are answered."""
    return list(islice(charges(api, seed), questions))


def spread(charged: Sequence[Charged]) -> float:
    """How many times as much the dearer units of the middle nine tenths buy as the cheaper ones."""
    bought = sorted(one.seconds_per_unit for one in charged)
    outside = len(bought) // 20
    return bought[-1 - outside] / bought[outside]


def main() -> None:
    """Sweep, and print the extremes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sessions", type=int, default=2_000_000)
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--warehouse", type=Path, help="one that is there, instead of a new one")
    asked = parser.parse_args()
    if asked.warehouse:
        with open_warehouse(f"chdb://{asked.warehouse}") as warehouse, Runner() as runner:
            tell(sweep(Api(warehouse, build_schema(), runner), asked.seed, asked.questions))
    else:
        with demo_api(asked.sessions) as api:
            tell(sweep(api, asked.seed, asked.questions))


def tell(charged: Sequence[Charged]) -> None:
    """Print milliseconds a unit: of each kind, and the questions at both ends."""
    kinds: Mapping[str, list[float]] = {one.kind: [] for one in charged}
    for one in charged:
        kinds[one.kind].append(one.seconds_per_unit * 1000)
    for kind, found in kinds.items():
        sys.stdout.write(
            f"{kind:<18}{len(found):>5}  {min(found):.2f} .. {statistics.median(found):.2f} .. {max(found):.2f}\n"
        )
    ranked = sorted(charged, key=lambda one: one.seconds_per_unit)
    for one in (*ranked[:12], *ranked[-25:]):
        sys.stdout.write(
            f"{one.seconds_per_unit * 1000:8.3f} ms/unit {one.cost:>6} {one.seconds:7.3f} s  {one.document[:230]}\n"
        )
    whole = ranked[-1].seconds_per_unit / ranked[0].seconds_per_unit
    sys.stdout.write(f"the middle nine tenths: {spread(charged):.1f} times; all: {whole:.1f} times\n")


if __name__ == "__main__":
    main()
