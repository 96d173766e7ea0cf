"""Tombstones: keyed hashes of the ids of forgotten people, by which loads recognise and leave out their rows.

A plain hash of a 64-bit number can be reversed by trying all numbers; a keyed one can't. Without the key nobody is
recognised, so a load is refused: it could bring somebody back.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from warehouse.engine.engine import Engine
from warehouse.errors import Unavailable

HashKey = Callable[[], bytes]

# The tables that people are loaded into.
_PEOPLED = frozenset({"users", "viewing_sessions", "ratings", "assignments"})
_RESTORE = "Point MARQUEE_HASH_KEY_FILE to the key that was in use then: there is no other way to know who stays out."


@dataclass(frozen=True)
class Hash:
    """SipHash-128 of ids under a key used for nothing else. `check` identifies the key without revealing it."""

    halves: tuple[int, int]
    check: str

    @classmethod
    def under(cls, hash_key: bytes) -> "Hash":
        """The hash under a key derived from that of the masks, so that no masked value equals a tombstone."""
        derived = hmac.digest(hash_key, b"marquee tombstone", hashlib.sha256)
        check = hmac.new(hash_key, b"marquee tombstone check", hashlib.sha256).hexdigest()[:16]
        return cls((int.from_bytes(derived[:8], "little"), int.from_bytes(derived[8:16], "little")), check)

    @property
    def parameters(self) -> Mapping[str, int]:
        """The parameters of a statement with `sql`."""
        return {"tombstone_key_0": self.halves[0], "tombstone_key_1": self.halves[1]}

    def sql(self, column: str) -> str:
        """SQL of the tombstone of a UInt128 column."""
        return f"sipHash128Keyed(({{tombstone_key_0:UInt64}}, {{tombstone_key_1:UInt64}}), {column})"

    def bars(self, column: str) -> str:
        """SQL of whether an id is a forgotten person's."""
        return f"{self.sql(column)} IN (SELECT tombstone FROM forgotten)"


class Tombstones:
    """The tombstones of a warehouse. The key is read only when it is needed."""

    def __init__(self, engine: Engine, hash_key: HashKey) -> None:
        self._engine = engine
        self._hash_key = hash_key

    def hash(self) -> Hash:
        """The hash that all tombstones of this warehouse are made by.

        Raises: Unavailable when the key is missing, or tombstones were made under another key.
        """
        key, checks = self._hash_key(), self._checks()
        if not key:
            raise Unavailable(f"Forgetting a person needs the hash key, and it was not found. {_RESTORE}")
        found = Hash.under(key)
        if checks - {found.check}:
            raise Unavailable(f"The hash key is not the one that was in use when people were forgotten. {_RESTORE}")
        return found

    def barring(self, table: str) -> Hash | None:
        """The hash by which a load of a table recognises forgotten people. None, and no key is needed, if nobody was
        forgotten or the table does not hold people.

        Raises: Unavailable when somebody was forgotten, and the key is missing or has changed.
        """
        return self.hash() if table in _PEOPLED and self._checks() else None

    def _checks(self) -> set[str]:
        return {check for (check,) in self._engine.query("SELECT DISTINCT key_check FROM forgotten").rows}
