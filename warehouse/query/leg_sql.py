"""One leg of a question as SQL: a fact over one range, read from its route's sources and grouped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from warehouse.access import Access
from warehouse.model.columns import Kind
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.facts import FACTS
from warehouse.model.measures import AGGREGATES, MEASURES, Aggregate
from warehouse.query.local_time import Grain
from warehouse.query.masked_source import Source, fact_source, read
from warehouse.query.minimum_group import IS_FOLDED, IS_TOLD, PEOPLE, folded_sql, total_sql, with_viewers
from warehouse.query.parameters import Parameters
from warehouse.query.predicates import dimension_sql, filter_sql
from warehouse.query.question import Question, conditions_of
from warehouse.query.range_cover import Cover
from warehouse.query.router import Leg, Route, condition_column
from warehouse.query.row_order import OTHERS

_TYPES = {Kind.KEY: "Nullable(UInt32)", Kind.NUMBER: "Nullable(Int64)"}


@dataclass(frozen=True)
class LegSql:
    """A leg's SELECT, and its measure columns: name → SQL of the value for no rows. A leg that does not add rows only
    has measures for the groups of those that do."""

    sql: str
    measures: Mapping[str, str]
    adds_rows: bool = True


def group_names(question: Question, access: Access) -> list[str]:
    """The result columns that identify a row."""
    groups = [f"g{index}" for index in range(len(question.groups))]
    return [*groups, *([OTHERS] if question.top or (groups and access.minimum_group) else [])]


@dataclass(frozen=True)
class LegReader:
    """Writes the SQL of one leg: from the facts, or from a rollup's pieces plus aggregate states of the facts at the
    edges. `top_values` and `films` are those of `compile_question`.
    """

    question: Question
    leg: Leg
    route: Route
    access: Access
    parameters: Parameters
    top_values: Sequence[Any]
    films: Sequence[int] | None

    def leg_sql(self, prefix: str) -> LegSql:
        """The leg, its measures' columns named by `prefix` and slug."""
        cover = self.route.cover
        stored = [aggregate.slug for aggregate in self._aggregates]
        states = [f"{one.state.replace('{is_new}', self._is_new_sql)} AS {one.slug}" for one in self._aggregates]
        measures = self._measures(prefix, merges=self._folds or cover is not None)
        shown = [f"{sql} AS {name}" for name, sql in measures.items()]
        empty = {f"{prefix}{slug}": empty_sql(slug) for slug in self.leg.measures}
        if self._folds:
            sql = self._folded_sql(self._rows(stored, states), measures, empty)
        elif cover is None:
            sql = self._rows([], shown)
        elif not cover.edges:
            sql = self._rows(shown, []) + self._grouped
        else:
            sql = f"SELECT {', '.join([*self._names, *shown])} FROM ({self._rows(stored, states)}){self._grouped}"
        return LegSql(sql, empty, adds_rows=self.leg.fact in self.question.adds_rows)

    @cached_property
    def _folds(self) -> bool:
        """Whether groups of too few people are folded."""
        return self.access.minimum_group > 0 and "user_key" in FACTS[self.leg.fact].columns

    @cached_property
    def _hides_people(self) -> bool:
        """Whether some people are not told from others by a group."""
        return self._folds and bool(PEOPLE & {group.dimension for group in self.leg.groups})

    @cached_property
    def _names(self) -> list[str]:
        folded = [IS_FOLDED] if self._folds and self.question.groups else []
        return [*group_names(self.question, self.access), *folded]

    @property
    def _grouped(self) -> str:
        return f" GROUP BY {', '.join(self._names)}" if self._names else ""

    @cached_property
    def _aggregates(self) -> list[Aggregate]:
        slugs = dict.fromkeys(slug for measure in self.leg.measures for slug in MEASURES[measure].aggregates)
        aggregates = [AGGREGATES[slug] for slug in slugs]
        return with_viewers(aggregates) if self._folds else aggregates

    def _measures(self, prefix: str, merges: bool) -> Mapping[str, str]:
        """Result column → SQL over states, or over columns of the facts."""
        values = {
            one.slug: one.merge if merges else one.raw.replace("{is_new}", self._is_new_sql) for one in self._aggregates
        }
        return {f"{prefix}{slug}": MEASURES[slug].sql.format_map(values) for slug in self.leg.measures}

    def _folded_sql(self, rows: str, measures: Mapping[str, str], empty: Mapping[str, str]) -> str:
        minimum = self.parameters.add(self.access.minimum_group, "UInt32")
        if not self.question.groups:
            return total_sql(rows, measures, empty, minimum)
        groups = [f"g{index}" for index in range(len(self.question.groups))]
        return folded_sql(rows, groups, self._aggregates, measures, minimum)

    def _rows(self, cells: Sequence[str], cells_of_facts: Sequence[str]) -> str:
        """Rows of all sources: `cells` of a rollup's pieces, and grouped `cells_of_facts` of the facts."""
        fact, found = FACTS[self.leg.fact], self.route.cover
        parts = []
        if found is not None:
            states = ["step", "bucket", *(aggregate.slug for aggregate in self._aggregates)]
            parts.append(self._part(self.route.source, cells, found.pieces_sql(self.parameters), states))
        cover = found or Cover((), ((self.leg.clock.span.start, self.leg.clock.span.end),))
        if cover.edges:
            inside = cover.edges_sql(self.parameters) if fact.dated else ""
            parts.append(self._part(fact_source(fact, self.leg.as_of), cells_of_facts, inside) + self._grouped)
        return " UNION ALL ".join(parts)

    def _part(self, source: Source, shown: Sequence[str], inside: str, states: Sequence[str] = ()) -> str:
        """Rows of one source with the columns of the groups and `shown`."""
        conditions = [inside] if inside else []
        if self.films is not None:
            conditions.append(f"movie_key IN {self.parameters.add(list(self.films), 'Array(UInt32)')}")
        columns = self._columns
        if not states:
            columns += [need for aggregate in self._aggregates for need in aggregate.needs]
        if self.leg.where is not None:
            filtered = filter_sql(self.leg.where, self.leg.clock, self.access, self.parameters, self.leg.as_of)
            conditions.append(filtered)
        groups = self._groups_sql(conditions)
        rows = read(source, columns, self.access, self.parameters, states)
        cells = [*(f"{sql} AS {name}" for name, sql in zip(self._names, groups, strict=True)), *shown]
        return f"SELECT {', '.join(cells) or '1'} FROM {rows}" + (
            f" WHERE {' AND '.join(conditions)}" if conditions else ""
        )

    @property
    def _columns(self) -> list[str]:
        """The columns needed for groups, filters and the range."""
        columns = [DIMENSIONS[group.dimension].column for group in self.leg.groups]
        columns += [condition_column(test.dimension, test.operator) for test in conditions_of(self.leg.where)]
        columns += ["start_time"] if FACTS[self.leg.fact].dated else []
        return [*columns, *([IS_TOLD] if self._hides_people else [])]

    def _groups_sql(self, conditions: list[str]) -> list[str]:
        """SQL of each of `_names`; if a `top`'s others are left out, also adds a condition."""
        leg, top = self.leg, self.question.top
        # Next to `time`, a past row gets the hour and weekday of the bucket it is compared with.
        clock = leg.clock.beside_time if any(group.grain for group in leg.groups) else leg.clock
        shown = []
        # Before groups are folded, only a `top` has others.
        others = "toUInt8(0)"
        for index, group in enumerate(leg.groups):
            if group.grain is not None:
                shown.append(leg.clock.ordinal_sql(group.grain, self.parameters, self.access.max_buckets))
                continue
            sql = dimension_sql(group.dimension, group.path, clock, self.parameters)
            if top is not None and top.group == index:
                kind = _TYPES.get(DIMENSIONS[group.dimension].kind, "Nullable(String)")
                sql = f"CAST({sql}, '{kind}')"
                kept = f"has({self.parameters.add(list(self.top_values), f'Array({kind})')}, {sql})"
                if not top.others:
                    conditions.append(kept)
                sql = f"if({kept}, {sql}, NULL)"
                others = f"NOT {kept}"
            shown.append(sql)
        flags = {OTHERS: others, IS_FOLDED: f"toUInt8(NOT {IS_TOLD})" if self._hides_people else "toUInt8(0)"}
        return [*shown, *(flags[name] for name in self._names if name in flags)]

    @cached_property
    def _is_new_sql(self) -> str:
        """SQL of whether a user's first session is in the row's time bucket; with several `time` groups, in all of
        them. Empty if no measure asks.
        """
        if not any("{is_new}" in aggregate.raw for aggregate in self._aggregates):
            return ""
        grains: list[Grain | None] = [group.grain for group in self.leg.groups if group.grain is not None]
        tests = [
            self.leg.clock.is_new_sql(grain, self.parameters, self.access.max_buckets) for grain in grains or [None]
        ]
        return f"({' AND '.join(tests)})"


def empty_sql(measure: str) -> str:
    """SQL of a measure's value for no rows."""
    empty = MEASURES[measure].empty
    return "NULL" if empty is None else str(empty)
