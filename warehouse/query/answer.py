"""Answers: compile and run a question, and return its rows with the route that served them."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from warehouse.access import EVERY_PATH, Access
from warehouse.errors import BadInput, EngineFault, Forbidden, TooExpensive
from warehouse.model.measures import MEASURES, SETS
from warehouse.model.rollups import Rollup
from warehouse.query.bucket_sql import Clock
from warehouse.query.compiler import BEFORE, Statement, compile_question
from warehouse.query.local_time import iso
from warehouse.query.minimum_group_filter import narrowed_to_shown_values
from warehouse.query.question import Filter, OrderByMeasure, Question, conditions_of
from warehouse.query.reader import Reader
from warehouse.query.router import Route
from warehouse.query.row_order import NOW, OTHERS, finish
from warehouse.tables.incoming_schemas import LONGEST_PATH

Value = str | int | float | None
MOST_EXACT = 2**53
MOST_TOP = 100
MOST_NAMED = 20
# More values of a dimension than any catalogue has.
_MOST_FILTERED = 10_000_000


@dataclass(frozen=True)
class Row:
    """One group: its dimension values by index of the group, and measures by slug, now and before.

    `time` is ISO 8601 with offset, `movie` a dense key. `is_others` marks the one row of all that a `top` left over.
    """

    groups: tuple[Value, ...]
    now: Mapping[str, Value]
    before: Mapping[str, Value]
    is_others: bool = False

    def change(self, measure: str) -> float | None:
        """(now - before) / before, as a fraction; None where before is 0 or unknown."""
        now, before = self.now[measure], self.before.get(measure)
        if not isinstance(now, int | float) or not isinstance(before, int | float) or before == 0:
            return None
        return (now - before) / before


@dataclass(frozen=True)
class Timings:
    """Where the time went, in milliseconds: waiting for a client, compiling, in the engine, and completing rows."""

    wait: float = 0.0
    compile: float = 0.0
    engine: float = 0.0
    complete: float = 0.0

    def __add__(self, other: "Timings") -> "Timings":
        """Both together."""
        return Timings(
            self.wait + other.wait,
            self.compile + other.compile,
            self.engine + other.engine,
            self.complete + other.complete,
        )

    def __str__(self) -> str:
        return ", ".join(f"{part} {ms:,.1f} ms" for part, ms in asdict(self).items())


@dataclass(frozen=True)
class Answer:
    """Rows in the question's order, and how they were computed."""

    question: Question
    rows: Sequence[Row]
    statement: Statement
    timings: Timings

    @property
    def sources(self) -> tuple[str, ...]:
        """The tables that served, first leg first."""
        return tuple(dict.fromkeys(route.source.table for route in self.statement.routes))

    @property
    def pieces(self) -> tuple[str, ...]:
        """What each leg was read from: `genre_analytics: 2 x 1 month, 5 x 1 d; edges: viewing_sessions, 1,800 s`."""
        return tuple(dict.fromkeys(map(_pieces, self.statement.routes)))


def ask(reader: Reader, question: Question, access: Access, rollups: Sequence[Rollup] | None = None) -> Answer:
    """Compile and run a question; `rollups` are those that may serve besides the facts, by default all that are filled.

    Raises: BadInput, Forbidden, TooExpensive when there are more rows than the asker's cap, StatementTimeout.
    """
    if question.limit is not None and not 1 <= question.limit <= access.max_rows:
        raise BadInput(f"limit is {question.limit}; allowed are 1 to {access.max_rows}.", "limit")
    check_attributes(reader, question, access)
    rollups = reader.rollups if rollups is None else rollups
    question = replace(question, where=narrowed_filter(reader, question, access, rollups))
    return _answered(reader, question, access, rollups)


def narrowed_filter(
    reader: Reader, question: Question, access: Access, rollups: Sequence[Rollup] | None = None
) -> Filter | None:
    """A question's filter as the asker's minimum group size allows it."""
    if not access.minimum_group or question.where is None:
        return question.where
    rollups = reader.rollups if rollups is None else rollups
    # All values are needed, not only as many as an answer may have.
    unbounded = replace(access, max_rows=_MOST_FILTERED)

    def shown(asked: Question) -> list[Value]:
        rows = _answered(reader, asked, unbounded, rollups).rows
        return [row.groups[0] if asked.groups else row.now[asked.measures[0]] for row in rows if not row.is_others]

    return narrowed_to_shown_values(question, shown)


def _answered(reader: Reader, question: Question, access: Access, rollups: Sequence[Rollup]) -> Answer:
    """The answer to a question whose filter may be applied as it is."""
    top_values, earlier = _top_values(reader, question, access, rollups)
    began = time.perf_counter()
    statement = compile_question(question, access, rollups, top_values)
    if _is_late(question, access) and any(route.cover for route in statement.routes):
        films, ranking = _first_films(reader, question, access, rollups)
        earlier += ranking
        began = time.perf_counter()
        statement = compile_question(question, access, rollups, top_values, films)
    compiled = time.perf_counter()
    found = reader.engine.query(statement.sql, statement.parameters)
    ran = time.perf_counter()
    if not statement.is_ordered:
        found = replace(found, rows=finish(reader.engine, question, found.names, found.rows))
    if len(found.rows) > access.max_rows:
        raise TooExpensive(
            f"The answer has more than {access.max_rows} rows. Narrow it with `where`, a coarser grain or `limit`."
        )
    rows = _with_times(question, [_row(question, row) for row in found.dicts()], access)
    wait_s = found.waited_ms / 1000
    taken_s = (wait_s, compiled - began, ran - compiled - wait_s, time.perf_counter() - ran)
    return Answer(question, rows, statement, earlier + Timings(*(seconds * 1000 for seconds in taken_s)))


def _is_late(question: Question, access: Access) -> bool:
    """Whether it pays to find out first which films the rows are of: sets of all others would be read for nothing."""
    ranking = {order.measure for order in question.orders if isinstance(order, OrderByMeasure)}
    ranking |= {test.dimension for test in conditions_of(question.having)}
    return (
        not access.minimum_group
        and [group.dimension for group in question.groups] == ["movie"]
        and question.limit is not None
        and question.limit <= MOST_TOP
        and question.top is None
        and bool(question.orders)
        and isinstance(question.orders[0], OrderByMeasure)
        and question.orders[0].descending
        and MEASURES[question.orders[0].measure].empty is not None
        and any(_is_costly(slug) for slug in question.measures)
        and not any(_is_costly(slug) for slug in ranking)
    )


def _is_costly(measure: str) -> bool:
    """Whether a measure is made of sets, which are larger than numbers by far."""
    return bool(SETS & set(MEASURES[measure].aggregates))


def _first_films(
    reader: Reader, question: Question, access: Access, rollups: Sequence[Rollup]
) -> tuple[Sequence[int] | None, Timings]:
    """The keys of the films that the question's rows are of; None where that takes all of the question."""
    first = question.orders[0]
    assert isinstance(first, OrderByMeasure)
    ranked = replace(question, measures=(first.measure,), before=None)
    answer = _answered(reader, ranked, access, rollups)
    rows = answer.rows
    # A film of which another fact or the past has rows, and this one none, would come after one that has any.
    is_whole = len(rows) == question.limit and rows[-1].now[first.measure] != MEASURES[first.measure].empty
    return [int(row.groups[0] or 0) for row in rows] if is_whole else None, answer.timings


def _pieces(route: Route) -> str:
    if route.cover is None:
        return route.source.table
    pieces = ", ".join(f"{number:,} x {step.label}" for step, number in route.cover.pieces.items())
    edges = f"; edges: viewing_sessions, {route.cover.edge_s:,} s" if route.cover.edges else ""
    return f"{route.source.table}: {pieces}{edges}"


def check_attributes(reader: Reader, question: Question, access: Access) -> None:
    """Raises: Forbidden for a path that the asker may not read; BadInput for one under which nothing was ever sent. The
    second only for askers who see all rows: it would tell others about rows out of scope."""
    paths = [group.path for group in question.groups] + [test.path for test in conditions_of(question.where)]
    asked = {path for path in paths if path is not None}
    closed = {path for path in asked if not access.may_read(path)}
    if closed:
        readable = ", ".join(sorted(access.attributes)[:MOST_NAMED]) or "none"
        raise Forbidden(f"Your role may not read the attribute {min(closed)!r}. Attributes it may read: {readable}.")
    if not asked or access.scope:
        return
    unknown = reader.never_sent(asked)
    if unknown:
        known = ", ".join(_known_paths(reader, access)) or "none yet"
        raise BadInput(f"There is no attribute {min(unknown)[:LONGEST_PATH]!r}. Known paths: {known}.")


def _known_paths(reader: Reader, access: Access) -> list[str]:
    if EVERY_PATH in access.attributes:
        return reader.attribute_paths(MOST_NAMED)
    return sorted(access.attributes - reader.never_sent(access.attributes))[:MOST_NAMED]


def _top_values(
    reader: Reader, question: Question, access: Access, rollups: Sequence[Rollup]
) -> tuple[Sequence[Value], Timings]:
    """The values of a group that the question's `top` keeps; a missing value counts as a value."""
    top = question.top
    if top is None:
        return (), Timings()
    if not 1 <= top.n <= MOST_TOP:
        raise BadInput(f"top.n is {top.n}; allowed are 1 to {MOST_TOP}.", "top")
    ranked = Question(
        groups=(question.groups[top.group],),
        measures=(top.by,),
        span=question.span,
        zone=question.zone,
        where=question.where,
        orders=(OrderByMeasure(top.by, descending=True),),
        # One more, because folded groups may be among the first.
        limit=min(top.n + (access.minimum_group > 0), access.max_rows),
        as_of=question.as_of,
    )
    answer = _answered(reader, ranked, access, rollups)
    return [row.groups[0] for row in answer.rows if not row.is_others][: top.n], answer.timings


def _row(question: Question, row: dict[str, Any]) -> Row:
    groups = tuple(row[f"g{index}"] for index in range(len(question.groups)))
    now = {slug: _exact(slug, row[f"{NOW}{slug}"]) for slug in question.needed}
    before = {slug: _exact(slug, row[f"{BEFORE}{slug}"]) for slug in question.needed} if question.before else {}
    return Row(groups, now, before, bool(row.get(OTHERS)))


def _exact(measure: str, value: Any) -> Value:
    """A measure's value; whole numbers stay whole.

    Raises: TooExpensive where a count is beyond what JSON numbers hold exactly.
    """
    if value is None or not MEASURES[measure].whole:
        return None if value is None else float(value)
    if value > MOST_EXACT:
        raise TooExpensive(
            f"{MEASURES[measure].label} is beyond 2^53, which a JSON number can't hold exactly. Ask for a "
            "shorter range."
        )
    return int(value)


def _with_times(question: Question, rows: list[Row], access: Access) -> list[Row]:
    """Rows with the ordinals of `time` groups replaced by the buckets' local starts.

    Raises: EngineFault for a row outside of all buckets: no row may be lost here.
    """
    clock = Clock(question.zone, question.span)
    starts = {
        index: [iso(bucket, question.zone) for bucket in clock.buckets(group.grain, access.max_buckets)]
        for index, group in enumerate(question.groups)
        if group.grain is not None
    }
    return [replace(row, groups=_timed(question, row, starts)) for row in rows] if starts else rows


def _timed(question: Question, row: Row, starts: Mapping[int, Sequence[str]]) -> tuple[Value, ...]:
    cells = list(row.groups)
    for index, known in starts.items():
        if row.is_others and cells[index] is None:
            continue
        ordinal = int(cells[index] or 0)
        if ordinal >= len(known):
            raise EngineFault(f"A row belongs to bucket {ordinal} of {len(known)}: {question}", None)
        cells[index] = known[ordinal]
    return tuple(cells)


def filled(answer: Answer, values: Sequence[Value]) -> list[Row]:
    """One row per value of the answer's only group, in that order; a value without rows gets the measures' empty
    values.
    """
    known = {row.groups[0]: row for row in answer.rows}
    empty = {slug: MEASURES[slug].empty for slug in answer.question.needed}
    return [known.get(value) or Row((value,), empty, empty if answer.question.before else {}) for value in values]
