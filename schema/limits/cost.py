"""Estimates a request's cost before it runs, from document and variables only, so it reveals nothing about the data."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    value_from_ast_untyped,
)
from strawberry.utils.str_converters import to_camel_case

from schema.chosen_operation import operation_of
from schema.limits.grouping_cost import Reading, aggregates_of, buckets_of, dimensions_of, tested_by
from schema.limits.rules import (
    CELLS,
    COMPARED,
    GROUPED,
    MOST_QUARTERS,
    MOST_ROWS,
    PAST,
    QUARTER_DAYS,
    RANKED,
    SEARCHES,
    STATEMENTS,
    WALKED,
    WALKED_FROM,
)
from schema.root_fields import Weight, weight_of
from warehouse.errors import TooExpensive

_LAST = re.compile(r"P(\d{1,5})([DWMY])")
_UNIT_DAYS = {"D": 1, "W": 7, "M": 31, "Y": 366}
_LEFT_OUT = (("skip", True), ("include", False))
_COUNTS = ("first", "last", "limit", "days")
_GROUPING = ("by", "attributes")


def estimate(document: DocumentNode, variables: Mapping[str, Any], operation: str | None = None) -> int:
    """The cost of an operation in a document within bounds; 0 if there is no operation of that name."""
    found = operation_of(document, operation)
    if found is None:
        return 0
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    estimator = _Estimator(fragments, {**_defaults(found), **variables})
    return sum(estimator.cost(field) for field in estimator.fields(found.selection_set))


def check_budget(cost: int, budget: int) -> None:
    """Raises: TooExpensive if the cost exceeds the budget."""
    if cost > budget:
        raise TooExpensive(
            f"The request costs {cost:,}; one request of yours may cost {budget:,}. Ask for a shorter range, fewer "
            "rows or fields, or send several requests."
        )


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    return {
        one.variable.name.value: value_from_ast_untyped(one.default_value)
        for one in operation.variable_definitions or ()
        if one.default_value is not None
    }


@dataclass(frozen=True)
class _Estimator:
    """Estimates costs, given a document's fragments and variable values."""

    fragments: Mapping[str, FragmentDefinitionNode]
    variables: dict[str, Any]

    def cost(self, field: FieldNode) -> int:
        """The cost of one root field."""
        weight = weight_of(field.name.value)
        if not weight.base:
            return 0
        arguments = self._arguments(field)
        below = list(self.fields(field.selection_set))
        selected = [one for one in below if one.name.value in STATEMENTS]
        grouped = [one for one in selected if one.name.value in GROUPED]
        if grouped:
            statements = sum(self._grouped_cost(weight, arguments, one) for one in grouped)
            statements += weight.base * (len(selected) - len(grouped))
            cells = sum(self.leaves(one) * self._grouped_rows(weight, one) for one in grouped)
        else:
            statements = max(len(selected), 1) * self._plain_cost(weight, arguments, field)
            cells = _rows(weight, arguments) * self.leaves(field)
        walked = self._walked_cost(below, arguments) if field.name.value in WALKED_FROM else 0
        return math.ceil(statements * _factor(arguments)) + math.ceil(cells / CELLS) + walked

    def _walked_cost(self, below: Sequence[FieldNode], arguments: Mapping[str, Any]) -> int:
        """The cost of the questions of each film or user: as the root field that asks the same of one film or user."""
        each = 0
        for field in below:
            asked = WALKED.get(field.name.value)
            if asked is not None:
                weight, own = weight_of(asked), self._arguments(field)
                of_one = {**own, "where": {"and": [own.get("where") or {}, {"movie": {}}]}}
                cells = _rows(weight, own) * self.leaves(field)
                each += math.ceil(self._plain_cost(weight, of_one, field)) + math.ceil(cells / CELLS)
        return each * max(len(_listed(arguments.get("ids"))), 1)

    def _plain_cost(self, weight: Weight, arguments: Mapping[str, Any], field: FieldNode) -> float:
        """The cost of one statement of a field without groups of its own."""
        quarters = _quarters(arguments)
        if weight.reads_sessions:
            return weight.least + weight.base * quarters
        if weight.groups is not None:
            names = (one.name.value for one in self.fields(field.selection_set))
            past = bool(arguments.get("asOf"))
            groups = (*weight.groups, *dimensions_of(_listed(arguments.get("field"))))
            of_buckets = buckets_of(["DAY"] if "time" in weight.groups else [])
            reading = Reading(groups, tested_by(arguments.get("where")), aggregates_of(names), past, of_buckets)
            return reading.cost(weight.base, quarters)
        order = arguments.get("orderBy")
        ranked = weight.ranked if isinstance(order, Mapping) and str(order.get("field")) in RANKED else 0
        # Each search reads and folds a text of all that are listed.
        return weight.base * (1 + _searches(arguments.get("where"))) + ranked

    def _grouped_cost(self, weight: Weight, arguments: Mapping[str, Any], statement: FieldNode) -> float:
        """The cost of one statement with groups of its own."""
        own = self._arguments(statement)
        by = _listed(own.get("by"))
        groups = dimensions_of(by) + ("attribute",) * len(_listed(own.get("attributes")))
        tested = tested_by(arguments.get("where")) | tested_by(own.get("where"))
        names = {one.name.value for one in self.fields(statement.selection_set)}
        aggregates = aggregates_of(names | {to_camel_case(str(one).lower()) for one in _listed(own.get("measures"))})
        reading = Reading(groups, tested, aggregates, bool(arguments.get("asOf")), buckets_of(by))
        return reading.cost(weight.base, _quarters(arguments), weight.reads_ratings)

    def _grouped_rows(self, weight: Weight, field: FieldNode) -> int:
        """The rows of a field with groups of its own; one without any."""
        arguments = self._arguments(field)
        return _rows(weight, arguments) if any(arguments.get(name) for name in _GROUPING) else 1

    def _arguments(self, field: FieldNode) -> dict[str, Any]:
        return {one.name.value: value_from_ast_untyped(one.value, self.variables) for one in field.arguments or ()}

    def leaves(self, field: FieldNode) -> int:
        """The number of cells in one row."""
        return sum(self.leaves(one) for one in self.fields(field.selection_set)) if field.selection_set else 1

    def fields(self, selections: SelectionSetNode | None) -> Iterator[FieldNode]:
        """The fields of a selection with fragments expanded and @skip and @include applied."""
        for one in selections.selections if selections else ():
            if not self._included(one):
                continue
            if isinstance(one, FieldNode):
                yield one
            else:
                holder = self.fragments.get(one.name.value) if isinstance(one, FragmentSpreadNode) else one
                yield from self.fields(getattr(holder, "selection_set", None))

    def _included(self, selection: SelectionNode) -> bool:
        return not any(
            (directive.name.value, value_from_ast_untyped(argument.value, self.variables)) in _LEFT_OUT
            for directive in selection.directives or ()
            for argument in directive.arguments or ()
        )


def _listed(value: Any) -> list[Any]:
    """What an argument names: a list, one, or none."""
    return value if isinstance(value, list) else [value] if value else []


def _searches(where: Any) -> int:
    """How many texts a filter searches for a part."""
    if isinstance(where, list):
        return sum(map(_searches, where))
    if not isinstance(where, Mapping):
        return 0
    return sum(1 if name in SEARCHES and value is not None else _searches(value) for name, value in where.items())


def _factor(arguments: Mapping[str, Any]) -> float:
    compared = COMPARED if arguments.get("compareTo") else 1
    return compared * (PAST if arguments.get("asOf") else 1)


def _quarters(arguments: Mapping[str, Any]) -> float:
    return min(_days(arguments.get("range")) / QUARTER_DAYS, MOST_QUARTERS)


def _rows(weight: Weight, arguments: Mapping[str, Any]) -> int:
    counts = (arguments.get(name) for name in _COUNTS)
    # GraphQL accepts 100.0 as a whole number too.
    given = next((one for one in counts if isinstance(one, int | float)), weight.rows)
    return math.ceil(min(max(given, 1), MOST_ROWS))


def _days(span: Any) -> int:
    """The length of a range in days; a quarter if it has none, or an invalid one that its resolver will refuse."""
    if not isinstance(span, Mapping):
        return QUARTER_DAYS
    last = _LAST.fullmatch(str(span.get("last")))
    if last:
        return max(int(last[1]) * _UNIT_DAYS[last[2]], 1)
    try:
        start, end = (date.fromisoformat(str(span.get(name))[:10]) for name in ("from", "to"))
    except ValueError:
        return QUARTER_DAYS
    return max((end - start).days, 1)
