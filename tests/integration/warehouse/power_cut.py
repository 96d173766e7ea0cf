"""Power cuts: a process dies, and the contents of the files that it had not synced are lost.

The model is that of a journaling file system (ext4, xfs): names, links and folders are kept in the order in which they
were made, so what is left is the tree of some moment; a file's content is kept once it is synced, and of any other file
a piece of any length may be left. The engine itself syncs declarations, what deletes it was told to make, and, by the
settings of the tables, the parts that it merges or mutates (seen with `strace -f -y -e trace=fdatasync`).
"""

import os
import pickle
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path
from random import Random

from warehouse.engine.folder_sync import FolderSync

# A file, whatever it is called: its inode, and when its content was written.
File = tuple[int, int]
# A part that the engine merged or mutated: a level above 0, or a mutation behind the level.
_MADE_BY_A_MERGE = re.compile(r"[^_]+_\d+_\d+_([1-9]\d*(_\d+)?|0_\d+)")
_SYNCED_BY_THE_ENGINE = re.compile(r".*\.sql|format_version\.txt|mutation_\d+\.txt")
_WAIT = FolderSync.wait


def note_syncs(into: Path) -> None:
    """Let this process note in a file, at each sync, which files are on the disk for good."""

    def noting(self: FolderSync, folder: Path) -> None:
        there = set(_files(folder))
        _WAIT(self)
        passing = into.with_name(f"{into.name}.{os.getpid()}")
        passing.write_bytes(pickle.dumps(there))
        passing.replace(into)

    def wait(self: FolderSync) -> None:
        noting(self, Path(f"/proc/self/fd/{self._folder}").readlink())

    FolderSync.wait = wait  # type: ignore[method-assign]


def cut_power(folder: Path, synced: Path, chance: Random, spared: Collection[Path] = ()) -> int:
    """Lose all or some of the content of files that were not synced, in a random share of the folders that have such;
    returns how many lost some. Those under `spared` lose nothing. No process may have the folder open."""
    kept: set[File] = pickle.loads(synced.read_bytes()) if synced.exists() else set()
    share = 1.0 if spared else chance.choice((0.1, 0.5, 0.9))
    # A part is kept whole now and then, though parts that were written before it are not.
    is_lost: defaultdict[Path, bool] = defaultdict(lambda: chance.random() < share)
    cut = 0
    for file, paths in sorted(_files(folder).items()):
        if file in kept or all(_is_synced_by_the_engine(path) for path in paths):
            continue
        is_spared = any(path.is_relative_to(one) for path in paths for one in spared)
        size = paths[0].stat().st_size
        if size and is_lost[paths[0].parent] and not is_spared:
            os.truncate(paths[0], chance.choice((0, chance.randrange(size))))
            cut += 1
    return cut


def _is_synced_by_the_engine(path: Path) -> bool:
    return bool(_SYNCED_BY_THE_ENGINE.fullmatch(path.name) or _MADE_BY_A_MERGE.fullmatch(path.parent.name))


def _files(folder: Path) -> dict[File, list[Path]]:
    """Every file, and its names in the folder."""
    found: defaultdict[File, list[Path]] = defaultdict(list)
    for path in _walk(folder):
        # The engine removes files meanwhile.
        try:
            state = path.lstat()
        except FileNotFoundError:
            continue
        found[state.st_ino, state.st_mtime_ns].append(path)
    return found


def _walk(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            if not path.is_symlink():
                yield path
