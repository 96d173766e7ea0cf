"""`top`: the values of the first dimension that is not the clock's which have the most of a measure over the range."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.oracle.facts import CLOCK, Row
from tests.oracle.measures import figure
from tests.oracle.ordering import OTHERS, ordered
from tests.oracle.question_rows import Asked, Dimension
from tests.oracle.selections import of_field


@dataclass(frozen=True)
class Top:
    """At which place of a key the values stand, those that are kept, and whether all others are one row."""

    place: int
    kept: frozenset[Any]
    others: bool

    def apply(self, key: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """A group's key with all but the kept values as one; None for a group that is left out."""
        if key[self.place] in self.kept:
            return key
        return (*key[: self.place], OTHERS, *key[self.place + 1 :]) if self.others else None


def top_of(asked: Asked, top: Mapping[str, Any] | None, dimensions: Sequence[Dimension]) -> Top | None:
    """A `top` argument, which ranks missing values like others; None where none is asked. By catalogue titles, films
    have a rank watched or not.
    """
    if not top:
        return None
    place = next(at for at, one in enumerate(dimensions) if one.name not in CLOCK)
    by = of_field(top["by"])
    rows = _by_value(asked, dimensions[place], asked.now)
    films = _by_value(asked, dimensions[place], asked.catalogue if by == "catalogueTitles" else ())

    def rank(value: Any) -> Any:
        return figure(by, asked.group(rows.get(value, ()), films.get(value, ())))

    best = ordered({**rows, **films}, [(rank, True), (lambda value: value, False)])
    return Top(place, frozenset(best[: top["n"]]), top.get("others", True))


def _by_value(asked: Asked, dimension: Dimension, rows: Iterable[Row]) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(asked.value(dimension, row), []).append(row)
    return found
