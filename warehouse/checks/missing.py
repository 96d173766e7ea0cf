"""Missing values: the share of a group's rows without a value in an optional column, compared with the usual share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from warehouse.checks.checked_loads import Group, Span
from warehouse.checks.finding import Finding, judged, undecided
from warehouse.engine.engine import Engine
from warehouse.loads.ledger import undone_sql
from warehouse.model.time_steps import Step

LEAST_ROWS = 100


@dataclass(frozen=True)
class Optional:
    """An optional column of files, as they call it: `missing` is SQL of whether a stored row lacks it, `rolled_up` SQL
    of how many rows of `device_analytics` do."""

    column: str
    missing: str
    rolled_up: str = ""


def _text(column: str) -> Optional:
    return Optional(column, f"{column} = ''")


def _null(column: str, stored: str | None = None) -> Optional:
    return Optional(column, f"isNull({stored or column})")


OPTIONAL: Mapping[str, tuple[Optional, ...]] = MappingProxyType(
    {
        "viewing_sessions": (
            Optional("completion_rate", "isNull(completion_e6)", "sum(views) - sum(completion_count)"),
            Optional("device_type", "device_type = ''", "sumIf(views, device = 'Unknown')"),
            Optional("quality", "quality = ''", "sumIf(views, quality = 'Unknown')"),
            Optional("buffering_count", "isNull(buffering_count)", "sum(views) - sum(buffering_known)"),
        ),
        "ratings": (_text("review_text"),),
        "users": (
            *(_text(column) for column in ("username", "email", "country", "subscription")),
            _null("age"),
            _text("gender"),
        ),
        "movies": (
            Optional("genres", "empty(genres)"),
            _null("duration", "duration_minutes"),
            _null("release_date"),
            _text("director"),
        ),
    }
)


def missing(engine: Engine, group: Group, span: Span | None) -> Iterator[Finding]:
    """One finding for each optional column of the group's table that is usually filled in."""
    columns = OPTIONAL.get(group.table, ())
    if not columns:
        return
    if group.accepted < LEAST_ROWS:
        why = f"The load brought fewer than {LEAST_ROWS} rows."
        yield from (undecided("nulls", one.column, why) for one in columns)
        return
    own = _own(engine, group)
    before = [0] * len(own) if span is not None and span.newest_before is None else _before(engine, group, span)
    for one, now, then in zip(columns, own[1:], before[1:], strict=True):
        if before[0] < LEAST_ROWS:
            why = f"{before[0]:,} rows were stored before; the check needs {LEAST_ROWS}."
            yield undecided("nulls", one.column, why)
        else:
            usual = then / before[0]
            told = f"{now:,} of {own[0]:,} rows have no {one.column}, {usual:.1%} before."
            yield judged("nulls", one.column, now / own[0] if own[0] else 0.0, usual, told)


def _own(engine: Engine, group: Group) -> list[int]:
    """The group's rows, and for each column how many lack it."""
    if group.table in ("users", "movies"):
        return _counted(engine, group.table, f"{group.table}_versions", f"load_id IN {group.ids_sql}")
    return _counted(engine, group.table, group.table, group.brought_sql)


def _before(engine: Engine, group: Group, span: Span | None) -> list[int]:
    """The same for what is usual: the 28 days before; for users and films, what earlier loads brought."""
    if span is None:
        earlier = f"load_id < {group.first} AND load_id NOT IN {undone_sql()}"
        return _counted(engine, group.table, f"{group.table}_versions", earlier)
    start, end = span.baseline
    inside = "{time} >= toDateTime({{start:UInt32}}, 'UTC') AND {time} < toDateTime({{end:UInt32}}, 'UTC')"
    instants = {"start": max(start, 0), "end": end}
    if group.table == "ratings":
        return _counted(engine, group.table, group.table, inside.format(time="rating_date"), instants)
    rolled_up = ", ".join(one.rolled_up for one in OPTIONAL[group.table])
    sql = f"SELECT sum(views), {rolled_up} FROM device_analytics WHERE step = {Step.DAY.value} AND "
    sql += inside.format(time="bucket")
    return [int(value) for value in engine.query(sql, instants).rows[0]]


def _counted(
    engine: Engine, table: str, source: str, condition: str, instants: Mapping[str, int] | None = None
) -> list[int]:
    lacking = ", ".join(f"countIf({one.missing})" for one in OPTIONAL[table])
    return [
        int(value)
        for value in engine.query(f"SELECT count(), {lacking} FROM {source} WHERE {condition}", instants).rows[0]
    ]
