"""Resolve a command's file arguments: names, patterns, folders, object store addresses, and standard input."""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NoReturn

import pyarrow as pa
from pyarrow import fs

from ingest.files.file_format import FileFormat
from ingest.files.stream_paths import printable
from ingest.readers.input_file import COMPRESSIONS, FORMATS, located, magic_of
from warehouse.errors import BadInput

STDIN = "-"
PATTERN = frozenset("*?[")
Input = tuple[str, Path | str]
"""What a file is called, and where it is: a path on this machine, or an address with a scheme."""


@contextmanager
def inputs(
    arguments: Sequence[str],
    resolve: Callable[[str], Path],
    standard_input: Callable[[], BinaryIO],
    file_format: FileFormat | None,
    stream_of: Callable[[str], BinaryIO | None] = lambda _: None,
) -> Iterator[list[Input]]:
    """The files that a command's arguments name; patterns and folders are sorted by name. `resolve` resolves a path
    from the caller's folder, and `stream_of` opens one that only the caller can. Standard input and other streams are
    kept in a temporary file until the end.

    Raises: BadInput for a missing file, a folder that can't be read, and a stream without a format.
    """
    with ExitStack() as kept:
        found: list[Input] = []
        for argument in arguments:
            if argument == STDIN:
                found.append((STDIN, kept.enter_context(_spooled(standard_input, file_format))))
            elif "://" in argument:
                found.extend(_remote(argument))
            else:
                stream = stream_of(argument)
                if stream is not None:
                    kept.enter_context(stream)
                    spooled = kept.enter_context(_spooled(partial(_same, stream), file_format, argument))
                    found.append((printable(argument), spooled))
                    continue
                local = _local(argument, resolve(argument))
                found.extend((printable(name), kept.enter_context(_named_in_utf8(path))) for name, path in local)
        yield found


def _same(stream: BinaryIO) -> BinaryIO:
    return stream


def _local(name: str, path: Path) -> list[tuple[str, Path]]:
    try:
        return _found(name, path)
    except OSError as error:
        raise BadInput(
            f"{printable(name)} can't be read: {error.strerror}: {printable(str(error.filename))}"
        ) from error


def _found(name: str, path: Path) -> list[tuple[str, Path]]:
    if path.is_file():
        return [(name, path)]
    if path.is_dir():
        inside = sorted(one.relative_to(path) for one in _files_in(path))
        held = [(str(Path(name, one)), path / one) for one in inside if _is_data(PurePosixPath(one))]
        return held or _nothing(f"no file in {name} has a name that says its format: {', '.join(FORMATS)}")
    if PATTERN.isdisjoint(name):
        return _nothing(f"no such file: {name}")
    # The caller's folder is not part of the pattern, whatever characters its name has.
    pattern = PurePosixPath(name)
    base = Path(path.anchor) if pattern.is_absolute() else path.parents[len(pattern.parts) - 1]
    matching = sorted(one for one in base.glob(name.lstrip("/")) if one.is_file())
    shown = [str(one if pattern.is_absolute() else one.relative_to(base)) for one in matching]
    return list(zip(shown, matching, strict=True)) or _nothing(f"no file matches {name}")


def _remote(address: str) -> list[Input]:
    folder, pattern = _parted(address)
    names = _stored(folder)
    if names is None:
        return [(address, address)]
    if pattern is None:
        meant = [name for name in names if _is_data(PurePosixPath(name))]
    else:
        meant = [name for name in names if pattern.fullmatch(name)]
    held: list[Input] = [(one, one) for one in (f"{folder.rstrip('/')}/{name}" for name in meant)]
    if pattern:
        return held or _nothing(f"no file matches {address}")
    return held or _nothing(f"no file in {address} has a name that says its format: {', '.join(FORMATS)}")


def _stored(address: str) -> list[str] | None:
    """The files below an address, sorted by their relative names; None if it is not a folder."""
    try:
        system, path = located(address)
        if system.get_file_info(path).type is not fs.FileType.Directory:
            return None
        inside = system.get_file_info(fs.FileSelector(path, recursive=True))
    except (pa.ArrowInvalid, OSError) as error:
        raise BadInput(f"{address} can't be looked up: {str(error).splitlines()[0]}") from error
    return sorted(one.path.removeprefix(path).lstrip("/") for one in inside if one.is_file)


def _parted(address: str) -> tuple[str, re.Pattern[str] | None]:
    """The folder of an address before its first part with a star, and the pattern from there; None without a star."""
    scheme, _, path = address.partition("://")
    parts = path.split("/")
    first = next((place for place, part in enumerate(parts) if "*" in part), None)
    if first is None:
        return address, None
    return f"{scheme}://{'/'.join(parts[:first])}", re.compile("".join(_translated(parts[first:])))


def _translated(parts: Sequence[str]) -> Iterator[str]:
    """The parts of a pattern as a regular expression: `**` is any number of folders, `*` anything within a name."""
    for place, part in enumerate(parts, 1):
        is_last = place == len(parts)
        if part == "**":
            yield ".*" if is_last else "(?:.*/)?"
        else:
            yield "[^/]*".join(map(re.escape, part.split("*"))) + ("" if is_last else "/")


def _is_data(path: PurePosixPath) -> bool:
    """Whether a file in a folder is data: hidden ones and Spark's bookkeeping are not."""
    if any(part.startswith((".", "_")) for part in path.parts):
        return False
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() not in COMPRESSIONS]
    return bool(suffixes) and suffixes[-1] in FORMATS


def _files_in(folder: Path) -> Iterator[Path]:
    """All files below a folder.

    Raises: OSError for a folder in it that can't be read.
    """

    def fail(error: OSError) -> None:
        raise error

    for here, _, names in os.walk(folder, onerror=fail):
        yield from (one for one in (Path(here, name) for name in names) if one.is_file())


@contextmanager
def _named_in_utf8(path: Path) -> Iterator[Path]:
    """The path; for a name that is not UTF-8, a link, because Arrow opens no other names."""
    if str(path) == printable(str(path)):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="marquee-link-") as folder:
        link = Path(folder, f"file{''.join(printable(suffix) for suffix in path.suffixes[-2:])}")
        link.symlink_to(path)
        yield link


@contextmanager
def _spooled(
    standard_input: Callable[[], BinaryIO], file_format: FileFormat | None, name: str = "standard input"
) -> Iterator[Path]:
    """Copied to a file first, because readers look at a file's beginning, and at Parquet's end, before they read it."""
    if file_format is None:
        raise BadInput(
            f"{printable(name)} has no name that says its format: add --format csv, ndjson, parquet or arrow"
        )
    endings = {name: ending for ending, name in COMPRESSIONS.items()}
    with tempfile.TemporaryDirectory(prefix="marquee-stdin-") as folder, standard_input() as stream:
        head = stream.read(16)
        path = Path(folder, f"stdin.{file_format}{endings.get(magic_of(head) or '', '')}")
        with path.open("wb") as file:
            file.write(head)
            shutil.copyfileobj(stream, file, 1 << 20)
        yield path


def _nothing(sentence: str) -> NoReturn:
    raise BadInput(sentence)
