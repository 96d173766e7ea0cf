"""Freshness: how new the data is that one asker sees, and a mark that changes when any of it changes.

Everything is read through the asker's scope and masks: a load that shows the asker nothing changes nothing of their
freshness. Charts that Spark computed are not part of it.
"""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from warehouse.access import Access
from warehouse.engine.engine import Engine
from warehouse.model.facts import FACTS
from warehouse.query.local_time import Range
from warehouse.query.masked_source import MOVIES, USERS, Source, fact_source, read
from warehouse.query.parameters import Parameters

_OF_USERS = ("id", "username", "email", "country", "subscription", "age", "gender")
_OF_MOVIES = ("id", "title", "genres", "duration_minutes", "release_date", "director")
# The columns of users that grouping can show without a list of users.
_GROUPED_BY = ("country", "subscription", "age_band", "gender")


_STATES_REMEMBERED = 1_000


@dataclass(frozen=True)
class Freshness:
    """`newest` is the instant of the newest session in seconds since 1970, `loaded_at` the end of the last load; both
    as far as the asker may see. `rows` are the number of rows and the last load of each fact, and `content` a mark of
    films and users; both are compared, never shown.
    """

    newest: int | None
    loaded_at: str | None
    rows: tuple[tuple[int, int], ...]
    content: Hashable


class Freshnesses:
    """The freshness of each kind of asker, computed once after a change, however many ask at the same time.

    `newest` and `loaded_at` return its two instants; `corrections` counts the changes that were more than added rows.
    Under a scope `loaded_at` is left out: it would reveal loads of rows out of scope.
    """

    def __init__(
        self,
        engine: Engine,
        newest: Callable[[Access], int | None],
        loaded_at: Callable[[], str | None],
        corrections: Callable[[], int],
    ) -> None:
        self._engine = engine
        self._corrections = corrections
        self._newest = newest
        self._loaded_at = loaded_at
        self._one_looks = threading.Lock()
        # Of one count of commits, replaced together: `known` reads both without the lock.
        self._known: tuple[int, dict[Hashable, Freshness]] = (-1, {})
        # When loads were done, and the count of commits by which that was told: to be compared, or a later one.
        self.states: dict[str | None, int] = {}
        self._changes: dict[Hashable, Range | None] = {}
        self._contents_of = -1
        self._contents: dict[Hashable, Hashable] = {}

    def of(self, commits: int, access: Access) -> Freshness:
        """The freshness as of a count of commits. It reads all sessions in scope, so ask only after a change."""
        asker, access = _asker(access), _unnoted(access)
        with self._one_looks:
            if self._known[0] != commits:
                self._known = (commits, {})
            known = self._known[1]
            if asker not in known:
                loaded_at = None if access.scope else self._loaded_at()
                if loaded_at is not None:
                    self.states[loaded_at] = commits
                    if len(self.states) > _STATES_REMEMBERED:
                        del self.states[next(iter(self.states))]
                rows = _rows(self._engine, access)
                content = self._content(access, asker, rows)
                known[asker] = Freshness(self._newest(access), loaded_at, rows, content)
            return known[asker]

    def known(self, commits: int, shown: Freshness | None, access: Access) -> tuple[Freshness, Range | None] | None:
        """The freshness and what changed since the one that was `shown`, if both are computed already for those who see
        the same; otherwise None. It neither reads nor waits, so the event loop may ask."""
        of_commits, states = self._known
        asker = _asker(access)
        found = states.get(asker) if of_commits == commits else None
        if found is None:
            return None
        if shown is None or found == shown:
            return found, None
        changes, key = self._changes, (asker, shown, found)
        return (found, changes[key]) if key in changes else None

    def changed(self, shown: Freshness, found: Freshness, access: Access) -> Range | None:
        """The span of the rows that were added between two states; None where anything else changed. Computed once for
        all who were shown the same."""
        key, access = (_asker(access), shown, found), _unnoted(access)
        with self._one_looks:
            if key not in self._changes:
                if len(self._changes) > _STATES_REMEMBERED:
                    self._changes = {}
                self._changes[key] = self._changed(shown, found, access)
            return self._changes[key]

    def _changed(self, shown: Freshness, found: Freshness, access: Access) -> Range | None:
        if shown.content != found.content:
            return None
        spans = []
        for fact, before, now in zip(_FACTS, shown.rows, found.rows, strict=True):
            if before != now:
                added, span = self._added(fact, before[1], access)
                if added != now[0] - before[0]:
                    return None
                spans.append(span)
        return Range(min(span.start for span in spans), max(span.end for span in spans)) if spans else None

    def _added(self, fact: Source, load: int, access: Access) -> tuple[int, Range]:
        """How many of a fact's rows came after a load, and their span."""
        parameters = Parameters()
        rows = read(fact, ("load_id", "start_time"), access, parameters)
        added, first, last = self._engine.query(
            f"SELECT count(), toUnixTimestamp(min(start_time)), toUnixTimestamp(max(start_time)) FROM {rows} "
            f"WHERE load_id > {int(load)}",
            parameters.values,
        ).rows[0]
        return added, Range(first, last + 1)

    def _content(self, access: Access, asker: Hashable, rows: Hashable) -> Hashable:
        """Marks of films and users as the asker sees them. To read them all takes long, and most changes are loads of
        facts."""
        corrections = self._corrections()
        if self._contents_of != corrections:
            self._contents_of, self._contents = corrections, {}
        sees_users = set(access.scope) <= set(USERS.columns)
        # An asker who may not see all users sees those with a session or rating in scope, which new rows add to.
        key = (asker, None if sees_users else rows)
        if key not in self._contents:
            self._contents[key] = _content(self._engine, access, sees_users)
        return self._contents[key]


def _unnoted(access: Access) -> Access:
    """The same asker, without notes for the audit log: what is only compared, nobody has read."""
    return replace(access, unmasked=set())


def _asker(access: Access) -> Hashable:
    return tuple(sorted(access.scope.items())), tuple(sorted(access.masks.items())), access.minimum_group


_FACTS = tuple(fact_source(FACTS[slug]) for slug in ("viewing", "rating"))


def _rows(engine: Engine, access: Access) -> tuple[tuple[int, int], ...]:
    """Rows of a fact are added and removed but never changed, so their number and last load tell of any change."""
    found = []
    for fact in _FACTS:
        parameters = Parameters()
        rows = read(fact, ("load_id",), access, parameters)
        count, last = engine.query(f"SELECT count(), max(load_id) FROM {rows}", parameters.values).rows[0]
        found.append((int(count), int(last)))
    return tuple(found)


def _content(engine: Engine, access: Access, sees_users: bool) -> Hashable:
    parts = [_content_mark(MOVIES, _OF_MOVIES, access)]
    if sees_users:
        parts.append(_content_mark(USERS, _OF_USERS, access))
    else:
        parts.extend(_content_mark(fact, _GROUPED_BY, access) for fact in _FACTS)
    return tuple(tuple(engine.query(sql, parameters.values).rows[0]) for sql, parameters in parts)


def _content_mark(source: Source, columns: tuple[str, ...], access: Access) -> tuple[str, Parameters]:
    """Films and users change in place, and not every change shows through a mask, so the visible values are hashed."""
    parameters = Parameters()
    rows = read(source, columns, access, parameters)
    return f"SELECT count(), sum(cityHash64(toJSONString(tuple({', '.join(columns)})))) FROM {rows}", parameters
