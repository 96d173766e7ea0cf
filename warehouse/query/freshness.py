"""Freshness: how new the data is that one asker sees, and a mark that differs when anything of it changed.

Under a row scope everything is read inside of it, and through masks: a load that shows the asker nothing leaves its
freshness equal in every part. Charts that Spark computed are no part of it.
"""

import threading
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.access import Access
from warehouse.model.facts import FACTS
from warehouse.query.parameters import Parameters
from warehouse.query.source import MOVIES, USERS, Source, fact_source, read

if TYPE_CHECKING:
    from warehouse.warehouse import Warehouse

_OF_USERS = ("id", "username", "email", "country", "subscription", "age", "gender")
_OF_MOVIES = ("id", "title", "genres", "duration_minutes", "release_date", "director")
# What a group can show of a user without a list of users.
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
    """The freshness of each kind of asker, looked at once after a change, however many ask for it at a time."""

    def __init__(self) -> None:
        self._one_looks = threading.Lock()
        self._commits = -1
        self._known: dict[Hashable, Freshness] = {}

    def of(self, warehouse: "Warehouse", access: Access) -> Freshness:
        """The present freshness. It reads all sessions in scope, so it is asked for after a change only."""
        asker = (tuple(sorted(access.scope.items())), tuple(sorted(access.masks.items())))
        with self._one_looks:
            if self._commits != warehouse.commits:
                self._commits, self._known = warehouse.commits, {}
            if asker not in self._known:
                self._known[asker] = _look(warehouse, access)
            return self._known[asker]


def _look(warehouse: "Warehouse", access: Access) -> Freshness:
    """Loads of rows out of scope would show in when the last one ended."""
    facts = [fact_source(FACTS[slug]) for slug in ("viewing", "rating")]
    parts = [_rows_mark(fact, access) for fact in facts]
    parts.append(_content_mark(MOVIES, _OF_MOVIES, access))
    if set(access.scope) <= set(USERS.columns):
        parts.append(_content_mark(USERS, _OF_USERS, access))
    else:
        parts.extend(_content_mark(fact, _GROUPED_BY, access) for fact in facts)
    marks = tuple(tuple(warehouse.engine.query(sql, parameters.values).rows[0]) for sql, parameters in parts)
    return Freshness(warehouse.newest(access), None if access.scope else warehouse.loaded_at(), marks)


def _rows_mark(fact: Source, access: Access) -> tuple[str, Parameters]:
    """Rows of a fact are added and removed but never changed: their number and their last load tell."""
    parameters = Parameters()
    rows = read(fact, ("load_id",), access, parameters)
    return f"SELECT count(), max(load_id) FROM {rows}", parameters


def _content_mark(source: Source, columns: tuple[str, ...], access: Access) -> tuple[str, Parameters]:
    """Films and users change in place, and not every change shows through a mask: what shows is summed up."""
    parameters = Parameters()
    rows = read(source, columns, access, parameters)
    return f"SELECT count(), sum(cityHash64(toJSONString(tuple({', '.join(columns)})))) FROM {rows}", parameters
