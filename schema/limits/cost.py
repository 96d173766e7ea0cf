"""Estimates a request's cost before it runs, from document and variables only, so it reveals nothing about the data."""

import math
import re
from collections.abc import Iterator, Mapping
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

from schema.limits.grouping_cost import grouping_factor
from schema.limits.rules import CELLS, COMPARED, GROUPED, MOST_QUARTERS, MOST_ROWS, PAST, QUARTER_DAYS, STATEMENTS
from schema.operation import operation_of
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
        selected = [one for one in self.fields(field.selection_set) if one.name.value in STATEMENTS]
        grouped = [one for one in selected if one.name.value in GROUPED]
        plain = max(len(selected) - len(grouped), 0 if grouped else 1)
        count = plain + sum(map(self._grouping, grouped))
        statements = math.ceil(weight.base * count * _factor(weight, arguments))
        if not grouped:
            return statements + math.ceil(_rows(weight, arguments) * self.leaves(field) / CELLS)
        cells = (self.leaves(one) * self._grouped_rows(weight, one) for one in grouped)
        return statements + math.ceil(sum(cells) / CELLS)

    def _grouped_rows(self, weight: Weight, field: FieldNode) -> int:
        """The rows of a field with groups of its own; one without any."""
        arguments = self._arguments(field)
        return _rows(weight, arguments) if any(arguments.get(name) for name in _GROUPING) else 1

    def _arguments(self, field: FieldNode) -> dict[str, Any]:
        return {one.name.value: value_from_ast_untyped(one.value, self.variables) for one in field.arguments or ()}

    def _grouping(self, statement: FieldNode) -> float:
        """How many plain statements one of a grouping's statements costs."""
        arguments = self._arguments(statement)
        groups = sum(_length(arguments.get(name)) for name in _GROUPING)
        return grouping_factor(groups, (one.name.value for one in self.fields(statement.selection_set)))

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


def _length(value: Any) -> int:
    """How many groups an argument names: a list of them, one, or none."""
    return len(value) if isinstance(value, list) else int(bool(value))


def _factor(weight: Weight, arguments: Mapping[str, Any]) -> int:
    compared = COMPARED if arguments.get("compareTo") else 1
    past = PAST if arguments.get("asOf") else 1
    quarters = min(math.ceil(_days(arguments.get("range")) / QUARTER_DAYS), MOST_QUARTERS)
    return compared * past * (quarters if weight.reads_sessions else 1)


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
