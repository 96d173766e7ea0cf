"""Copying folders of a warehouse: files are linked where they can be, symbolic links are kept."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copyfile

# Another disk, a file system without links, or too many links of one file.
_CANT_LINK = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EACCES})

Copy = Callable[[Path, Path], object]


def link(source: Path, target: Path) -> None:
    """Link a file, or copy it where it can't be linked. For files that are never changed, as those of parts are."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _CANT_LINK:
            raise
        copyfile(source, target)


def copy_tree(source: Path, target: Path, bring: Copy) -> None:
    """Bring every file below a folder to another; folders are made, symbolic links are kept."""
    for folder, links, files in walk(source):
        there = target / folder
        there.mkdir(parents=True, exist_ok=True)
        for name, points_to in links:
            (there / name).symlink_to(points_to)
        for name in files:
            bring(source / folder / name, there / name)


def walk(root: Path) -> Iterator[tuple[Path, list[tuple[str, str]], list[str]]]:
    """Each folder below a root, as a path from there: its symbolic links with their targets, and its files."""
    for at, folders, files in os.walk(root):
        here = Path(at)
        links = [(name, str((here / name).readlink())) for name in [*folders, *files] if (here / name).is_symlink()]
        linked = {name for name, _ in links}
        folders[:] = [name for name in folders if name not in linked]
        yield here.relative_to(root), links, [name for name in files if name not in linked]
