"""Tables of what people save, a board, an alert, a report or an operation: a row for each version, of which the newest
one counts.
"""

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, TypeVar

import orjson
import pyarrow as pa

from warehouse.engine.change_signal import ChangeSignal
from warehouse.engine.engine import Engine
from warehouse.errors import BadInput, MarqueeError

LOG = logging.getLogger("marquee.warehouse")
# Of each item. Older ones are dropped where there are many rows.
KEPT_VERSIONS = 2
_MOST_ROWS_OF_ONE = 4


@dataclass(frozen=True)
class Owner:
    """Whose it is: equal subjects of different issuers are different people."""

    subject: str
    issuer: str


@dataclass(frozen=True)
class Rights:
    """The role and row scope of the token that saved an item, with which the server asks for its owner."""

    role: str
    scope: Mapping[str, tuple[str, ...]]


def read_rights(texts: Mapping[str, str]) -> Rights:
    """The rights in an item's columns `role` and `scope`."""
    return Rights(texts["role"], {name: tuple(values) for name, values in orjson.loads(texts["scope"]).items()})


def written_rights(rights: Rights) -> Mapping[str, str]:
    """Rights as these columns."""
    return {"role": rights.role, "scope": orjson.dumps(dict(rights.scope)).decode()}


@dataclass(frozen=True)
class Version:
    """What every version has; `number` counts from 1."""

    identity: str
    number: int
    title: str
    owner: Owner
    saved_at: datetime


Item = TypeVar("Item")


def changed_meanwhile(noun: str) -> str:
    """What is said to somebody whose change is based on an older version."""
    return f"The {noun} was changed by somebody else meanwhile. Load it again, then change it."


class VersionedTable(ABC, Generic[Item]):
    """Of saves in one process none is lost; of saves in several at the same moment the later one counts, and the other
    version stays in the table.

    `noun` names an item and, with `s`, the table, whose columns of its own are `texts`. There are at most `most` items,
    and `most_of_one` of one owner; `removal` is the verb for what makes room. `signal` is notified of each change that
    is made in this process.
    """

    noun: ClassVar[str]
    texts: ClassVar[tuple[str, ...]]
    most: ClassVar[int]
    most_of_one: ClassVar[int]
    removal: ClassVar[str] = "Delete"

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.signal = ChangeSignal()
        self._lock = threading.Lock()
        self._key, self._table = f"{self.noun}_id", f"{self.noun}s"
        self._name, self._plural = self.noun.replace("_", " "), self._table.replace("_", " ")
        # Versions that could not be read: said once, for items are read every second.
        self._unreadable: set[tuple[str, int]] = set()

    @abstractmethod
    def _item(self, version: Version, texts: Mapping[str, str]) -> Item:
        """The item of a row."""

    @abstractmethod
    def _row(self, item: Item) -> tuple[Version, Mapping[str, str]]:
        """The row of an item: its version, and the texts."""

    def all(self) -> list[Item]:
        """The newest version of every item that was not deleted, by title."""
        return list(self._items(self._newest_rows()))

    def find(self, identity: str) -> Item | None:
        """An item, None if there is none."""
        return next(self._items(self._newest_rows_of(identity)), None)

    def _create(self, item: Item) -> Item:
        """Save the first version of an item.

        Raises: BadInput where there are too many, or too many of its owner.
        """
        with self._lock:
            self._check_room(self._row(item)[0].owner, self._newest_rows())
            self._save(item, is_deleted=False)
        self.signal.notify()
        return item

    def _check_room(self, owner: Owner, rows: Sequence[Mapping[str, Any]]) -> None:
        """Raises: BadInput where there are too many items, or too many of the owner; `rows` are all of them."""
        if len(rows) >= self.most:
            raise BadInput(f"There are {self.most:,} {self._plural} already. {self.removal} one first.")
        if [Owner(row["owner"], row["issuer"]) for row in rows].count(owner) >= self.most_of_one:
            raise BadInput(f"You have {self.most_of_one:,} {self._plural} already. {self.removal} one first.")

    def _change(self, item: Item, is_deleted: bool) -> Item:
        """Save the next version of an item.

        Raises: BadInput if the newest version is not the one before it.
        """
        version, _ = self._row(item)
        with self._lock:
            newest = self._newest_rows_of(version.identity)
            if not newest or newest[0]["version"] != version.number - 1:
                raise BadInput(changed_meanwhile(self._name), "version")
            self._save(item, is_deleted)
        self.signal.notify()
        return item

    def _items(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[Item]:
        """The items of rows. Those that can't be read are passed over: a later version of Marquee, to which this
        process will be upgraded soon, may have saved them.
        """
        for row in rows:
            try:
                yield self._item(self._version(row), {name: row[name] for name in self.texts})
            except (KeyError, TypeError, ValueError) as error:
                self._warn(row, error)

    def _warn(self, row: Mapping[str, Any], error: Exception) -> None:
        version = (row[self._key], row["version"])
        if version not in self._unreadable:
            self._unreadable.add(version)
            LOG.warning("The %s %s can't be read by this version of Marquee: %r", self._name, row[self._key], error)

    def _newest_rows(self) -> list[dict[str, Any]]:
        found = self.engine.query(
            f"SELECT * FROM (SELECT * FROM {self._table} "
            f"ORDER BY {self._key}, version DESC, saved_at DESC LIMIT 1 BY {self._key}) "
            f"WHERE NOT is_deleted ORDER BY lower(title), {self._key}"
        )
        return list(found.dicts())

    def _newest_rows_of(self, identity: str) -> list[dict[str, Any]]:
        found = self.engine.query(
            f"SELECT * FROM (SELECT * FROM {self._table} WHERE {self._key} = {{identity:String}} "
            "ORDER BY version DESC, saved_at DESC LIMIT 1) WHERE NOT is_deleted",
            {"identity": identity},
        )
        return list(found.dicts())

    def _last_number(self, identity: str) -> int:
        """The number of an item's newest version, also of one that was deleted; 0 for none."""
        found = self.engine.query(
            f"SELECT max(version) FROM {self._table} WHERE {self._key} = {{identity:String}}", {"identity": identity}
        )
        return int(found.scalar())

    def _version(self, row: Mapping[str, Any]) -> Version:
        owner, saved_at = Owner(row["owner"], row["issuer"]), row["saved_at"].replace(tzinfo=UTC)
        return Version(row[self._key], row["version"], row["title"], owner, saved_at)

    def _save(self, item: Item, is_deleted: bool) -> None:
        version, texts = self._row(item)
        row = {
            self._key: version.identity,
            "version": version.number,
            "title": "" if is_deleted else version.title,
            "owner": version.owner.subject,
            "issuer": version.owner.issuer,
            **(dict.fromkeys(texts, "") if is_deleted else texts),
            "is_deleted": is_deleted,
            "saved_at": version.saved_at,
        }
        self.engine.insert(self._table, pa.Table.from_pylist([row], schema=self._schema()))
        self.engine.sync()
        # What was saved is saved, whether or not there is room for the next.
        try:
            self._drop_old()
        except MarqueeError as error:
            LOG.warning("Old versions of %s could not be dropped: %s", self._table, error)

    def _drop_old(self) -> None:
        """Drop the versions that nobody reads: saving again and again must not fill the disk. That an item was deleted
        stays known, of the `most` that were deleted last, because an older export must not bring them back."""
        key, table = self._key, self._table
        if int(self.engine.query(f"SELECT count() FROM {table}").scalar()) <= _MOST_ROWS_OF_ONE * self.most:
            return
        is_gone = "argMax(is_deleted, (version, saved_at))"
        self.engine.command(
            f"DELETE FROM {table} WHERE ({key}, version) NOT IN (SELECT {key}, version FROM {table} WHERE {key} IN "
            f"(SELECT {key} FROM {table} GROUP BY {key} HAVING NOT {is_gone}) "
            f"ORDER BY {key}, version DESC LIMIT {KEPT_VERSIONS} BY {key} "
            f"UNION ALL SELECT {key}, max(version) FROM {table} GROUP BY {key} "
            f"HAVING {is_gone} ORDER BY max(saved_at) DESC LIMIT {self.most})"
        )

    def _schema(self) -> pa.Schema:
        return pa.schema(
            {
                self._key: pa.string(),
                "version": pa.uint32(),
                **dict.fromkeys(("title", "owner", "issuer", *self.texts), pa.string()),
                "is_deleted": pa.bool_(),
                "saved_at": pa.timestamp("ms", "UTC"),
            }
        )
