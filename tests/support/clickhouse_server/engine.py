"""The real engine behind the handler: statements side by side, each with just the settings that it was sent with."""

import re
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import chdb

_FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
_ACCOUNT = re.compile(r" USER '[^']*' PASSWORD '[^']*'")
_INPUT = re.compile(r"input\('((?:[^'\\]|\\.)*)'\)")


@dataclass
class Handle:
    """A connection to the engine, in one database, and the settings that were set in it."""

    connection: Any
    settings: dict[str, str]


class Engine:
    """The embedded engine; statements run side by side, each on a handle of its own, with just the settings it was sent
    with. As in the warehouse's own pool, a handle serves again only after a clean end.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._change = threading.Lock()
        self._idle: dict[str, list[Handle]] = {}
        # The engine would end with its last handle.
        self._kept = self.connect("default")

    def run(
        self, statement: str, rows: bytes, database: str, values: dict[str, str], settings: dict[str, str]
    ) -> tuple[bytes, str]:
        """Run a statement, or append the rows of an insert; returns the result and its format."""
        with self._change:
            idle = self._idle.setdefault(database, [])
            handle = idle.pop() if idle else None
        handle = handle or self.connect(database)
        try:
            found = run_on(handle, statement, rows, values, settings)
        except BaseException:
            handle.connection.close()
            raise
        with self._change:
            idle.append(handle)
        return found

    def connect(self, database: str) -> Handle:
        """A new connection in a database."""
        connect: Any = chdb.connect  # mypy finds its types in some installations and not in others
        connection = connect(str(self.folder))
        connection.query(f"USE `{database}`")
        return Handle(connection, {})


def run_on(
    handle: Handle, statement: str, rows: bytes, values: dict[str, str], settings: dict[str, str]
) -> tuple[bytes, str]:
    """Run a statement on a handle, with these settings and no other that were sent before."""
    _set(handle, settings)
    # The embedded engine has no accounts: what is checked at the door need not be checked again by a dictionary.
    return _run(handle, _ACCOUNT.sub("", statement), rows, values)


def _set(handle: Handle, settings: dict[str, str]) -> None:
    """Give a handle these settings and no other."""
    for name in handle.settings.keys() - settings.keys():
        handle.connection.query(f"SET {name} = DEFAULT")
        del handle.settings[name]
    for name, text in settings.items():
        if handle.settings.get(name) != text:
            handle.connection.query(f"SET {name} = '{text}'")
            handle.settings[name] = text


def _run(handle: Handle, statement: str, rows: bytes, values: dict[str, str]) -> tuple[bytes, str]:
    if rows:
        with tempfile.NamedTemporaryFile() as file:
            file.write(rows)
            file.flush()
            into, _, kind = statement.rpartition("FORMAT")
            if named := _INPUT.search(into):
                source = f"file('{file.name}', '{kind.strip()}', '{named[1]}')"
                handle.connection.query(into[: named.start()] + source + into[named.end() :])
            else:
                handle.connection.query(f"{into} FROM INFILE '{file.name}' FORMAT {kind}")
        return b"", "TabSeparated"
    named = _FORMAT.search(statement)
    kind = named[1] if named else "TabSeparated"
    return handle.connection.query(statement, kind, params=values).bytes() or b"", kind
