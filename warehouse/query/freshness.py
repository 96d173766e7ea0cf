"""Freshness: how new the data is that one asker sees, and a mark that changes when any of it changes.

Everything is read through the asker's scope and masks: a load that shows the asker nothing changes nothing of their
freshness. Charts that Spark computed are not part of it.
"""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from warehouse.access import Access
from warehouse.engine.engine import Engine
from warehouse.model.facts import FACTS
from warehouse.query.masked_source import MOVIES, USERS, Source, fact_source, read
from warehouse.query.parameters import Parameters

_OF_USERS = ("id", "username", "email", "country", "subscription", "age", "gender")
_OF_MOVIES = ("id", "title", "genres", "duration_minutes", "release_date", "director")
# The columns of users that grouping can show without a list of users.
_GROUPED_BY = ("country", "subscription", "age_band", "gender")


@dataclass(frozen=True)
class Freshness:
    """`newest` is the instant of the newest session in seconds since 1970, `loaded_at` the end of the last load; both
    as far as the asker may see. `mark` is compared, never shown.
    """

    newest: int | None
    loaded_at: str | None
    mark: Hashable


class Freshnesses:
    """The freshness of each kind of asker, computed once after a change, however many ask at the same time.

    `newest` and `loaded_at` return its two instants. Under a scope `loaded_at` is left out: it would reveal loads of
    rows out of scope.
    """

    def __init__(
        self, engine: Engine, newest: Callable[[Access], int | None], loaded_at: Callable[[], str | None]
    ) -> None:
        self._engine = engine
        self._newest = newest
        self._loaded_at = loaded_at
        self._one_looks = threading.Lock()
        self._commits = -1
        self._known: dict[Hashable, Freshness] = {}

    def of(self, commits: int, access: Access) -> Freshness:
        """The freshness as of a count of commits. It reads all sessions in scope, so ask only after a change."""
        asker = (tuple(sorted(access.scope.items())), tuple(sorted(access.masks.items())))
        with self._one_looks:
            if self._commits != commits:
                self._commits, self._known = commits, {}
            if asker not in self._known:
                loaded_at = None if access.scope else self._loaded_at()
                self._known[asker] = Freshness(self._newest(access), loaded_at, _marks(self._engine, access))
            return self._known[asker]


def _marks(engine: Engine, access: Access) -> Hashable:
    """Values that differ when any data that the asker sees has changed."""
    facts = [fact_source(FACTS[slug]) for slug in ("viewing", "rating")]
    parts = [_rows_mark(fact, access) for fact in facts]
    parts.append(_content_mark(MOVIES, _OF_MOVIES, access))
    if set(access.scope) <= set(USERS.columns):
        parts.append(_content_mark(USERS, _OF_USERS, access))
    else:
        parts.extend(_content_mark(fact, _GROUPED_BY, access) for fact in facts)
    return tuple(tuple(engine.query(sql, parameters.values).rows[0]) for sql, parameters in parts)


def _rows_mark(fact: Source, access: Access) -> tuple[str, Parameters]:
    """Rows of a fact are added and removed but never changed, so their number and last load are enough."""
    parameters = Parameters()
    rows = read(fact, ("load_id",), access, parameters)
    return f"SELECT count(), max(load_id) FROM {rows}", parameters


def _content_mark(source: Source, columns: tuple[str, ...], access: Access) -> tuple[str, Parameters]:
    """Films and users change in place, and not every change shows through a mask, so the visible values are hashed."""
    parameters = Parameters()
    rows = read(source, columns, access, parameters)
    return f"SELECT count(), sum(cityHash64(toJSONString(tuple({', '.join(columns)})))) FROM {rows}", parameters
