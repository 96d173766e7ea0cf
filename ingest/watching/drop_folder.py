"""A folder where files arrive: which file is for which table, and where files go afterwards.

A file in `<table>/` is for that table; in the folder itself its name decides: `<table>.csv` or
`<table>-2026-11-23.csv`. Unfinished files (`.part`, `.tmp`, hidden), anything but files, and symbolic links are left
alone.
"""

import itertools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.model.tables import TABLES

DONE, REFUSED = "done", "refused"
# Suffixes that programs give to unfinished files.
_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".swp", "~")
_AFTER_TABLE = ".-_"


@dataclass(frozen=True)
class Arrival:
    """A file in the folder; `size_bytes` and `changed_ns` show whether it is still being written."""

    table: str
    path: Path
    size_bytes: int
    changed_ns: int


@dataclass(frozen=True)
class DropFolder:
    """The folder at a path."""

    path: Path

    def prepare(self) -> None:
        """Create missing folders: one for each table, and those where files go afterwards.

        Raises: OSError.
        """
        for name in (*TABLES, DONE, REFUSED):
            (self.path / name).mkdir(exist_ok=True)

    def arrivals(self) -> list[Arrival]:
        """The files that are for a table, in the order in which to load them: films and users first, then by name.

        Raises: OSError when the folder can't be read.
        """
        order = {table: place for place, table in enumerate(TABLES)}
        named = [(table, one) for one in _files(self.path) if (table := _table_of(one.name))]
        inside = [(table, one) for table in TABLES for one in self._files_of(table)]
        found = [_arrival(table, one) for table, one in (*named, *inside)]
        return sorted(found, key=lambda one: (order[one.table], one.path.name, one.path))

    def strange(self) -> list[Path]:
        """What is in the folder and is not loaded: files that match no table, symbolic links, and other folders.

        Raises: OSError when the folder can't be read.
        """
        known = {*TABLES, DONE, REFUSED}
        here = [one for one in self.path.iterdir() if not _is_unfinished(one.name)]
        inside = [one for table in TABLES if (self.path / table).is_dir() for one in (self.path / table).iterdir()]
        links = [one for one in (*here, *inside) if one.is_symlink()]
        others = [one for one in here if one not in links and one.name not in known and _table_of(one.name) is None]
        own = [one for one in (*here, *inside) if not one.is_symlink() and not one.parent.is_symlink()]
        folders = [one for one in own if one.is_dir() and one.name not in known]
        return sorted({*links, *others, *folders})

    def put_away(self, arrival: Arrival, where: str, why: str = "") -> Path:
        """Move a file into DONE or REFUSED, under a free name. `why`, if given, is written to a file of that name plus
        `.txt`.

        Raises: OSError; nothing has changed then.
        """
        folder = self.path / where / arrival.table
        folder.mkdir(parents=True, exist_ok=True)
        target, *beside = reserved = _reserved(folder, arrival.path.name, ("", ".txt") if why else ("",))
        try:
            # Written first, so that no refused file is ever without its reason.
            for reason in beside:
                reason.write_text(f"{why}\n", encoding="utf-8")
            arrival.path.replace(target)
        except OSError:
            for path in reserved:
                path.unlink(missing_ok=True)
            raise
        return target

    def _files_of(self, table: str) -> Iterator[os.DirEntry[str]]:
        folder = self.path / table
        return iter(()) if folder.is_symlink() or not folder.is_dir() else _files(folder)


def _arrival(table: str, entry: os.DirEntry[str]) -> Arrival:
    found = entry.stat(follow_symlinks=False)
    return Arrival(table, Path(entry.path), found.st_size, found.st_mtime_ns)


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    """The finished files of a folder, without links."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if not _is_unfinished(entry.name) and entry.is_file(follow_symlinks=False):
                yield entry


def _is_unfinished(name: str) -> bool:
    return name.startswith(".") or name.lower().endswith(_UNFINISHED)


def _table_of(name: str) -> str | None:
    """The table that a file's name begins with."""
    return next((one for one in TABLES if name.startswith(one) and name[len(one) : len(one) + 1] in _AFTER_TABLE), None)


def _reserved(folder: Path, name: str, endings: Sequence[str]) -> list[Path]:
    """Reserve a free name with each of the suffixes: `sessions.csv`, or `sessions~2.csv` if that is taken. Files are
    created instead of checked for, because another watcher may want the name at the same time."""
    stem, dot, rest = name.partition(".")
    for number in itertools.count(1):
        free = name if number == 1 else f"{stem}~{number}{dot}{rest}"
        made: list[Path] = []
        try:
            for ending in endings:
                path = folder / f"{free}{ending}"
                path.touch(exist_ok=False)
                made.append(path)
        except FileExistsError:
            for path in made:
                path.unlink()
            continue
        return made
    raise AssertionError("numbers do not end")
