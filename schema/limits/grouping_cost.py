"""What a grouping weighs: by its groups, and by the measures that are sets or need the sessions themselves.

The weights come from the model: a measure weighs what its aggregates are made of. Groups multiply, because each splits
the rows that a statement reads, sorts and keeps; few of them are served by rollups.
"""

from collections.abc import Iterable

from warehouse.model.measures import AGGREGATES, MEASURES

# A set is merged, and an aggregate that no rollup stores is computed from sessions.
_SET, _UNSTORED = 0.5, 1.0
# What all measures weigh at most: they share one pass over the rows.
_MOST_MEASURES = 2.0
_GROUP, _MOST_GROUPS = 1.6, 6
_SUM = "SimpleAggregateFunction"


def _camel(slug: str) -> str:
    first, *rest = slug.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _weight_of(aggregate: str) -> float:
    stored_as = AGGREGATES[aggregate].stored_as
    return _UNSTORED if not stored_as else 0.0 if stored_as.startswith(_SUM) else _SET


_NEEDS = {_camel(measure.slug): frozenset(measure.aggregates) for measure in MEASURES.values()}


def grouping_factor(groups: int, names: Iterable[str]) -> float:
    """How many times a plain statement one with so many groups costs, and with the fields of these names."""
    aggregates = frozenset[str]().union(*(_NEEDS.get(name, ()) for name in names))
    measures = min(sum(map(_weight_of, aggregates)), _MOST_MEASURES)
    return float((1 + measures) * _GROUP ** max(min(groups, _MOST_GROUPS) - 1, 0))
