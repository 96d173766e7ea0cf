"""Filters of askers with a minimum group size: a condition can choose only values that grouping would show.

A condition on a value of too few people would select them, and its negation would reveal them as a difference. So each
condition also requires a value that the range's rows, grouped by the dimension, would show, whatever else is filtered.
The same filter applies to the range that it is compared with, so its rows must show the value too.
"""

from collections.abc import Callable, Sequence
from itertools import product

from warehouse.model.columns import UNKNOWN, Kind
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.facts import FACTS
from warehouse.query.local_time import Range
from warehouse.query.question import NOTHING, AllOf, AnyOf, Condition, Filter, Group, Not, Question, conditions_of

Value = str | int | float | None
# A measure of each fact that is of people.
_MEASURES = {"viewing": "viewers", "rating": "ratings_count", "user": "users"}
# The shown values of a question's only group; without a group, its only measure.
Shown = Callable[[Question], Sequence[Value]]


def narrowed_to_shown_values(question: Question, shown: Shown) -> Filter | None:
    """The question's filter, narrowed to values that `shown` returns for the questions by one dimension each."""
    where = question.where
    if where is None:
        return None
    known: dict[Condition, Filter] = {}
    by_dimension: dict[str, Filter] = {}
    for test in conditions_of(where):
        if test.operator == "has":
            known[test] = test if _is_told(question, test, shown) else NOTHING
        else:
            if test.dimension not in by_dimension:
                by_dimension[test.dimension] = _among_told(question, test.dimension, shown)
            known[test] = AllOf((test, by_dimension[test.dimension]))
    return _replaced(where, known)


def _replaced(where: Filter, known: dict[Condition, Filter]) -> Filter:
    match where:
        case Condition():
            return known[where]
        case AllOf(parts) | AnyOf(parts):
            return type(where)(tuple(_replaced(part, known) for part in parts))
        case Not(part):
            return Not(_replaced(part, known))


def _spans(question: Question) -> list[Range]:
    """The ranges that the filter goes to."""
    return (
        [question.span]
        if question.before is None
        else [question.span, Range(question.before.start, question.before.end)]
    )


def _facts(question: Question, dimension: str) -> list[str]:
    """The facts about people that the dimension filters."""
    return [fact for fact in question.facts if fact in _MEASURES and dimension in FACTS[fact].dimensions]


def _among_told(question: Question, dimension: str, shown: Shown) -> Filter:
    """A condition that holds for the values of a dimension that every filtered fact shows."""
    found: list[set[Value]] = []
    for fact, span in product(_facts(question, dimension), _spans(question)):
        asked = Question((Group(dimension),), (_MEASURES[fact],), span, question.zone, as_of=question.as_of)
        found.append(set(shown(asked)))
    if not found:
        return AllOf(())
    values = set.intersection(*found)
    if dimension == "movie":
        return _one_of(dimension, "among", sorted(int(key) for key in values if key is not None))
    if DIMENSIONS[dimension].kind is Kind.TEXT:
        return _one_of(dimension, "in", sorted(UNKNOWN if text is None else str(text) for text in values))
    return _one_of(dimension, "in", sorted(int(number) for number in values if number is not None))


def _one_of(dimension: str, operator: str, values: Sequence[str] | Sequence[int]) -> Filter:
    return Condition(dimension, operator, tuple(values)) if values else NOTHING  # type: ignore[arg-type]


def _is_told(question: Question, test: Condition, shown: Shown) -> bool:
    """Whether enough people have rows that pass a test of lists, in every fact that it filters."""
    for fact, span in product(_facts(question, test.dimension), _spans(question)):
        asked = Question((), (_MEASURES[fact],), span, question.zone, test, as_of=question.as_of)
        if not any(shown(asked)):
            return False
    return True
