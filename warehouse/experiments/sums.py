"""The sums of an experiment, by variant and segment, in one statement for each fact. No person's figures leave it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

from warehouse.access import Access
from warehouse.errors import TooExpensive
from warehouse.experiments.figures import BEFORE
from warehouse.experiments.metrics import Metric
from warehouse.experiments.moments import Moments
from warehouse.experiments.people import Segment, Standing, Trial
from warehouse.model.facts import FACTS
from warehouse.model.time_steps import DAY_S
from warehouse.query.masked_source import fact_source, read
from warehouse.query.parameters import Parameters
from warehouse.query.reader import Reader


@dataclass(frozen=True)
class Cell:
    """The people of one variant with one value of the segment; both None of a whole that has no such parts."""

    variant: str
    segment: str | None = None


def sums(
    reader: Reader, trial: Trial, metrics: Sequence[Metric], segment: Segment | None, access: Access
) -> Mapping[Cell, Moments]:
    """The moments of all metrics, which are of one fact. Cells with fewer people than the asker may know of are left
    out.

    Raises: TooExpensive for more segments than the asker's cap.
    """
    parameters = Parameters()
    columns, products = columns_of(metrics), products_of(metrics)
    people = f"SELECT * FROM ({trial.people_sql(access, parameters, segment)}) WHERE standing = '{Standing.COUNTED}'"
    did = _done_sql(trial, metrics, people, access, parameters)
    by = "variant, segment" if segment else "variant, CAST(NULL, 'Nullable(String)') AS segment"
    least = parameters.add(max(access.minimum_group, 1), "UInt32")
    sql = (
        f"SELECT {by}, count(), {totals_sql(columns, products)} FROM ({people}) AS people ANY LEFT JOIN ({did}) AS did "
        f"USING (user_key) GROUP BY variant, segment HAVING count() >= {least} ORDER BY variant, segment "
        f"LIMIT {parameters.add(access.max_rows + 1, 'UInt64')}"
    )
    rows = reader.engine.query(sql, parameters.values).rows
    if len(rows) > access.max_rows:
        raise TooExpensive(f"There are more than {access.max_rows} variants and values of {segment}.")
    return {Cell(row[0], row[1]): moments_of(row[2], row[3:], columns, products) for row in rows}


def columns_of(metrics: Iterable[Metric]) -> list[str]:
    """What is added up: each aggregate from the assignment on, and before it."""
    slugs = dict.fromkeys(slug for metric in metrics for slug in metric.slugs)
    return [name for slug in slugs for name in (slug, slug + BEFORE)]


def products_of(metrics: Iterable[Metric]) -> list[tuple[str, str]]:
    """The products that the variances of the metrics need."""
    return sorted(
        {pair for metric in metrics for pair in combinations_with_replacement(sorted(columns_of([metric])), 2)}
    )


def moments_of(
    people: int, numbers: Sequence[str], columns: Sequence[str], products: Sequence[tuple[str, str]]
) -> Moments:
    """A row of a statement as moments: the sums, then the products. They are texts, because clients read no integers
    that long."""
    whole = [int(number) for number in numbers]
    cut = len(columns)
    return Moments(people, dict(zip(columns, whole[:cut], strict=True)), dict(zip(products, whole[cut:], strict=True)))


def needs_of(metrics: Iterable[Metric]) -> list[str]:
    """The columns of the fact that the metrics are computed from."""
    needs = (need for metric in metrics for one in metric.aggregates for need in one.needs)
    return list(dict.fromkeys(["user_key", "start_time", *needs]))


def added_sql(metrics: Iterable[Metric], is_new: str) -> str:
    """SELECT items that add up rows of a fact; `is_new` is SQL of whether the person's first session is not before."""
    aggregates = {one.slug: one.raw for metric in metrics for one in metric.aggregates}
    return ", ".join(f"{raw.replace('{is_new}', is_new)} AS {slug}_added" for slug, raw in aggregates.items())


def either_side_sql(metrics: Iterable[Metric]) -> str:
    """SELECT items that make the columns of one person out of what was added up after an instant and before it."""
    return ", ".join(
        f"sumIf({name.removesuffix(BEFORE)}_added, {'NOT is_after' if name.endswith(BEFORE) else 'is_after'}) AS {name}"
        for name in columns_of(metrics)
    )


def totals_sql(columns: Iterable[str], products: Iterable[tuple[str, str]]) -> str:
    """SELECT items that `moments_of` reads."""
    shown = [f"toString(sum({name}))" for name in columns]
    shown += [f"toString(sum(toInt128({left}) * toInt128({right})))" for left, right in products]
    return ", ".join(shown)


def _done_sql(trial: Trial, metrics: Sequence[Metric], people: str, access: Access, parameters: Parameters) -> str:
    """A SELECT of one row for each person who did anything: the aggregates from `since` on, and before it."""
    source = read(fact_source(FACTS[metrics[0].fact], trial.as_of), needs_of(metrics), access, parameters)
    added = added_sql(metrics, "toUInt32(first_start) >= since")
    by_person = (
        f"SELECT user_key, toUInt32(start_time) >= since AS is_after, {added} FROM {source} AS rows "
        f"INNER JOIN ({people}) AS whose USING (user_key) WHERE {_counts_sql(trial, parameters)} "
        "GROUP BY user_key, since, is_after"
    )
    return f"SELECT user_key, {either_side_sql(metrics)} FROM ({by_person}) GROUP BY user_key"


def _counts_sql(trial: Trial, parameters: Parameters) -> str:
    """SQL of whether a row lies in the person's time. The bounds of everybody's come first, for the primary key."""
    before = parameters.add(trial.before_days * DAY_S, "UInt32")
    first = parameters.add(max(trial.experiment.start - trial.before_days * DAY_S, 0), "UInt32")
    end = parameters.add(trial.end, "UInt32")
    sql = (
        f"start_time >= toDateTime({first}, 'UTC') AND start_time < toDateTime({end}, 'UTC') "
        f"AND toInt64(toUInt32(start_time)) >= toInt64(since) - {before}"
    )
    if trial.window_days:
        sql += f" AND toUInt32(start_time) < since + {parameters.add(trial.window_days * DAY_S, 'UInt32')}"
    return sql
