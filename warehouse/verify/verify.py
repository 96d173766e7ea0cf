"""Verifying: compare each rollup with a recount of the facts, per key and bucket, and report every difference.

It changes nothing: `rebuild` repairs. A rollup that a correction has made stale is left out until it is filled: nothing
is answered from it. Sums are compared by value, sets by their members. A row that only one side has
is a difference of the measure `rows`.
"""

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from warehouse.day_range import ALL_DAYS, DayRange, month_of
from warehouse.engine.engine import Engine
from warehouse.errors import BadInput
from warehouse.model.rollups import ROLLUPS, Rollup
from warehouse.model.time_steps import Step
from warehouse.query.consistent_reads import ConsistentRead
from warehouse.query.local_time import iso
from warehouse.tables.rollup_tables import FACT, filled_rollups
from warehouse.verify.recounts import SETS, SUMS, recount_sql

# Sessions of months that are compared in one statement for all steps: some 100 MB.
FEW_SESSIONS = 200_000
# How many members of a set a difference names: enough to look them up.
MOST_MEMBERS = 5
# Keys that are stored as dictionaries of texts, and recounted as texts.
_TEXTS = frozenset({"device", "quality", "genre", "country"})


@dataclass(frozen=True)
class Difference:
    """One value that differs between a rollup and the facts.

    `bucket` is the start of a piece of the step, ISO 8601 in UTC. Of a set, `stored` and `recounted` are its sizes,
    `lacking` and `surplus` the first members that are only in the recount and only in the rollup.
    """

    rollup: str
    step: str
    bucket: str
    key: Mapping[str, str | int]
    measure: str
    stored: int
    recounted: int
    lacking: tuple[int, ...] = ()
    surplus: tuple[int, ...] = ()

    def __str__(self) -> str:
        where = " ".join(
            [self.rollup, self.step, self.bucket, *(f"{name}={value}" for name, value in self.key.items())]
        )
        told = f"{where} {self.measure}: stored {self.stored:,}, recounted {self.recounted:,}"
        if self.lacking:
            told += f"; lacks {', '.join(map(str, self.lacking))}"
        if self.surplus:
            told += f"; has {', '.join(map(str, self.surplus))} too many"
        return told


@dataclass(frozen=True)
class Comparison:
    """Pieces of a rollup that have some days: what is held in memory at a time. All steps of months with few sessions
    are compared in one statement, because planning it takes longer than running it."""

    rollup: Rollup
    steps: tuple[Step, ...]
    days: tuple[date, ...]

    @property
    def months(self) -> list[int]:
        """The months of the days, as YYYYMM. No piece is in two."""
        return sorted({month_of(day) for day in self.days})

    @property
    def starts(self) -> list[tuple[int, date]]:
        """The steps and the days on which their pieces start."""
        return sorted(
            {
                (step.value, day if step > Step.DAY else _day_of(step.floor(_midnight(day))))
                for step in self.steps
                for day in self.days
            }
        )


def plan(engine: Engine, days: DayRange = ALL_DAYS, sample: float = 1.0, seed: int = 0) -> list[Comparison]:
    """What to compare, month by month: the days with rows in the facts or a filled rollup, or a share `sample` of them,
    at least one, drawn by `seed`.

    Raises: BadInput when the share is not in (0, 1].
    """
    if not 0 < sample <= 1:
        raise BadInput(f"--sample is {sample}. It is a share of the days, above 0 and at most 1.")
    rollups = filled_rollups(engine)
    known = [day for day in _stored_days(engine, rollups) if day in days]
    drawn = sorted(sorted(known, key=lambda day: _draw(day, seed))[: math.ceil(len(known) * sample)])
    return [
        Comparison(rollup, steps, some)
        for some, is_small in _portions(engine, drawn)
        for rollup in rollups
        for steps in ([rollup.steps] if is_small else [(step,) for step in rollup.steps])
    ]


def _portions(engine: Engine, days: Sequence[date]) -> list[tuple[tuple[date, ...], bool]]:
    """The days of months that are compared together, and whether they have few sessions."""
    sessions = _sessions_by_month(engine)
    portions: list[tuple[tuple[date, ...], bool]] = []
    held = 0
    for month, grouped in groupby(days, key=month_of):
        some, held = tuple(grouped), held + sessions.get(month, 0)
        if portions and held <= FEW_SESSIONS:
            portions[-1] = ((*portions[-1][0], *some), True)
        else:
            held = sessions.get(month, 0)
            portions.append((some, held <= FEW_SESSIONS))
    return portions


def _sessions_by_month(engine: Engine) -> dict[int, int]:
    found = engine.query(
        "SELECT toUInt32(partition_id), sum(rows) FROM system.parts "
        f"WHERE database = currentDatabase() AND table = '{FACT}' AND active GROUP BY 1"
    )
    return {int(month): int(rows) for month, rows in found.rows}


def compare(engine: Engine, read_consistently: ConsistentRead, comparison: Comparison) -> Iterator[Difference]:
    """The differences of one comparison, by bucket and key, of one state of the data."""

    def rows() -> list[dict[str, Any]]:
        if comparison.rollup not in filled_rollups(engine):
            return []
        batches = engine.stream(
            _comparison_sql(comparison.rollup, comparison.steps),
            {"months": comparison.months, "starts": comparison.starts},
        )
        return [row for batch in batches for row in batch.to_pylist()]

    for row in read_consistently(rows):
        yield from _differences(comparison, row)


def verify(
    engine: Engine, read_consistently: ConsistentRead, comparisons: Sequence[Comparison]
) -> Iterator[Difference]:
    """The differences of all comparisons, one after the other."""
    for comparison in comparisons:
        yield from compare(engine, read_consistently, comparison)


def _draw(day: date, seed: int) -> bytes:
    return hashlib.blake2b(f"{seed} {day}".encode(), digest_size=8).digest()


def _stored_days(engine: Engine, rollups: Sequence[Rollup]) -> list[date]:
    """Every UTC day of which there are facts or stored rows, in order: a day that lost its facts is looked at too, and
    the first of a long piece that has no shorter one."""
    tables = [f"SELECT DISTINCT toDate(start_time) AS day FROM {FACT}"]
    long = ", ".join(f"({step.value}, {step.floor_sql('bucket')})" for step in Step if step < Step.DAY)
    known = f"SELECT DISTINCT arrayJoin([{long}]) FROM {ROLLUPS[0].name} WHERE step = {Step.DAY.value}"
    looked_at = f"step >= {Step.DAY.value} OR (step, bucket) NOT IN ({known})"
    tables += [f"SELECT DISTINCT toDate(bucket) AS day FROM {rollup.name} WHERE {looked_at}" for rollup in rollups]
    found = engine.query(f"SELECT DISTINCT day FROM ({' UNION ALL '.join(tables)}) ORDER BY day")
    return [day for (day,) in found.rows]


def _comparison_sql(rollup: Rollup, steps: Sequence[Step]) -> str:
    """The rows in which rollup and recount differ, each with both sides' values."""
    sums = [slug for slug in rollup.aggregates if slug in SUMS]
    sets = [slug for slug in rollup.aggregates if slug in SETS]
    on = ["step", "bucket", *rollup.keys]
    shown = ["step", "toUInt32(bucket) AS bucket", *rollup.keys, "stored.present AS stored_rows"]
    shown += ["recounted.present AS recounted_rows"]
    shown += [f"{side}.{slug} AS {side}_{slug}" for slug in sums for side in ("stored", "recounted")]
    shown += [f"length({side}.{slug}) AS {side}_{slug}" for slug in sets for side in ("stored", "recounted")]
    for slug in sets:
        shown += [f"{_members(f'recounted.{slug}', f'stored.{slug}')} AS lacking_{slug}"]
        shown += [f"{_members(f'stored.{slug}', f'recounted.{slug}')} AS surplus_{slug}"]
    same = " AND ".join(f"stored.{slug} = recounted.{slug}" for slug in ("present", *sums, *sets))
    recounted = recount_sql(rollup, steps, "{starts:Array(Tuple(UInt8, Date))}", "{months:Array(UInt32)}")
    return (
        f"SELECT {', '.join(shown)} FROM (SELECT *, 1 AS present FROM ({_stored_sql(rollup, steps)})) AS stored "
        f"FULL OUTER JOIN (SELECT *, 1 AS present FROM ({recounted})) AS recounted USING ({', '.join(on)}) "
        f"WHERE NOT ({same}) ORDER BY toYYYYMM(toDateTime(bucket, 'UTC')), step DESC, {', '.join(on[1:])}"
    )


def _stored_sql(rollup: Rollup, steps: Sequence[Step]) -> str:
    """A rollup's rows with its states merged: sums as numbers, sets as sorted arrays."""
    keys = [f"toString({name}) AS {name}" if name in _TEXTS else name for name in rollup.keys]
    values = [
        f"sum({slug}) AS {slug}"
        if slug in SUMS
        else f"arraySort(bitmapToArray(groupBitmapMergeState({slug}))) AS {slug}"
        for slug in rollup.aggregates
    ]
    # A row that does not lie where a piece of its step starts is one of the piece that it lies in.
    floors = ", ".join(f"step = {step.value}, {step.floor_sql('bucket')}" for step in steps)
    wanted = ", ".join(str(step.value) for step in steps)
    return (
        f"SELECT {', '.join(['step', 'bucket', *keys, *values])} FROM {rollup.name} "
        f"WHERE step IN ({wanted}) AND toYYYYMM(bucket) IN {{months:Array(UInt32)}} "
        f"AND (step, toDate(multiIf({floors}, bucket))) IN {{starts:Array(Tuple(UInt8, Date))}} "
        f"GROUP BY {', '.join(['step', 'bucket', *rollup.keys])}"
    )


def _members(of: str, but: str) -> str:
    """SQL of the first members of one array that another lacks."""
    return f"arraySlice(bitmapToArray(bitmapAndnot(bitmapBuild({of}), bitmapBuild({but}))), 1, {MOST_MEMBERS})"


def _differences(comparison: Comparison, row: Mapping[str, Any]) -> Iterator[Difference]:
    rollup, step = comparison.rollup, Step(row["step"]).name
    bucket, key = iso(row["bucket"], "UTC"), {name: row[name] for name in rollup.keys}
    if row["stored_rows"] != row["recounted_rows"]:
        yield Difference(rollup.name, step, bucket, key, "rows", row["stored_rows"], row["recounted_rows"])
        return
    for slug in rollup.aggregates:
        stored, recounted = row[f"stored_{slug}"], row[f"recounted_{slug}"]
        lacking, surplus = (tuple(row.get(f"{side}_{slug}", ())) for side in ("lacking", "surplus"))
        if stored != recounted or lacking or surplus:
            yield Difference(rollup.name, step, bucket, key, slug, stored, recounted, lacking, surplus)


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _day_of(instant: int) -> date:
    return datetime.fromtimestamp(instant, UTC).date()
