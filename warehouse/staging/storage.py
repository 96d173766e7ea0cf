"""A staging place: a folder of this machine, or a prefix of an object store. Names in it are relative, with slashes.

Three parties use it: ClickHouse by a table function, Spark by a path, and Marquee, which lists, copies and removes
files. There is no setting for an object store's credentials: each party finds them where the AWS libraries look.
"""

import atexit
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from warehouse.errors import BadInput, EngineFault, MarqueeError, Unavailable
from warehouse.query.parameters import literal_sql

T = TypeVar("T")

SCHEME = "s3://"
# The prefix of unfinished files, which neither ClickHouse's globs nor Spark see.
_HIDDEN = ".writing-"
_ENDPOINT = "AWS_ENDPOINT_URL"
# A disk with less free space counts as full.
_LEAST_BYTES = 2**20
_PATTERN = frozenset("*?{}")


@dataclass(frozen=True)
class Place:
    """Where: `root` is a folder's absolute path, or `bucket/prefix` of an object store.

    Every method raises Unavailable, naming the place and the cause.
    """

    root: str
    is_bucket: bool = False

    def __str__(self) -> str:
        return f"{SCHEME}{self.root}" if self.is_bucket else self.root

    @property
    def folder(self) -> Path | None:
        """The folder on this machine; None for an object store."""
        return None if self.is_bucket else Path(self.root)

    def below(self, name: str) -> "Place":
        """The place under a name."""
        return Place(f"{self.root}/{name}", self.is_bucket)

    def spark_path(self) -> str:
        """The place as Spark's readers and writers take it."""
        return f"s3a://{self.root}" if self.is_bucket else self.root

    def files(self, name: str) -> list[str]:
        """The Parquet files under a name, in order, without those that are hidden or still written."""
        prefix = f"{self.root}/"
        found = self._do(lambda: self._system().get_file_info(self._below(name)))
        paths = [info.path.removeprefix(prefix) for info in found if info.type == fs.FileType.File]
        return sorted(path for path in paths if path.endswith(".parquet") and not _is_hidden(path))

    def has(self, file: str) -> bool:
        """Whether a file exists, even a hidden one."""
        found = self._do(lambda: self._system().get_file_info(f"{self.root}/{file}"))
        return bool(found.type == fs.FileType.File)

    def remove(self, file: str) -> None:
        """Remove a file."""
        self._do(lambda: self._system().delete_file(f"{self.root}/{file}"))

    def clear(self, name: str = "") -> None:
        """Remove everything under a name, if anything is there."""
        path = f"{self.root}/{name}" if name else self.root
        if self.is_bucket:
            self._do(lambda: self._system().delete_dir_contents(path, missing_dir_ok=True))
        else:
            self._do(lambda: shutil.rmtree(path) if os.path.isdir(path) else None)  # noqa: PTH112 - text, as elsewhere

    def function_sql(self, name: str, structure: str = "") -> str:
        """ClickHouse's table function over a file of Parquet; `structure` is its columns and their types, by default
        those that the file has."""
        told = f", {literal_sql(structure)}" if structure else ""
        if not self.is_bucket:
            path = f"{_path_without_patterns(self.root)}/{name}"
            return f"file({literal_sql(path)}, 'Parquet'{told})"
        bucket, _, key = f"{self.root}/{name}".partition("/")
        endpoint = os.environ.get(_ENDPOINT, "").rstrip("/")
        address = f"{endpoint}/{bucket}/{key}" if endpoint else f"https://{bucket}.s3.amazonaws.com/{key}"
        return f"s3({literal_sql(address)}, 'Parquet'{told})"

    def write(
        self, name: str, columns: Sequence[str], write: Callable[[str], None], check: Callable[[str], None]
    ) -> None:
        """Let `write` make a Parquet file under a temporary name, and rename it when it is whole, has these columns,
        and `check` raised nothing over it.

        Raises: EngineFault for other columns: the rows are another statement's; what `check` raises. Then no file is
        left.
        """
        if self.is_bucket:
            # An object appears only when all of it has been sent.
            self._do(lambda: write(name))
            self._check(name, columns)
            try:
                check(name)
            except MarqueeError:
                self.remove(name)
                raise
            return
        folder, _, file = name.rpartition("/")
        beside = f"{folder}/{_HIDDEN}{uuid.uuid4().hex}-{file}"
        self._do(lambda: (Path(self.root) / folder).mkdir(parents=True, exist_ok=True))
        try:
            self._do(lambda: write(beside))
            self._check(beside, columns)
            check(beside)
            self._do(lambda: (Path(self.root) / beside).replace(Path(self.root) / name))
        except MarqueeError as error:
            # The engine's error does not say which disk is full.
            if shutil.disk_usage(self.root).free < _LEAST_BYTES:
                raise self._unusable("its disk is full") from error
            raise
        finally:
            (Path(self.root) / beside).unlink(missing_ok=True)

    def write_batches(self, name: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
        """Write Arrow batches as one Parquet file."""
        with (
            self._system().open_output_stream(f"{self.root}/{name}") as stream,
            pq.ParquetWriter(stream, schema) as writer,
        ):
            for batch in batches:
                writer.write_batch(batch)

    def rows_of(self, file: str) -> int:
        """How many rows a Parquet file says it has."""
        rows: int = self._do(lambda: pq.read_metadata(f"{self.root}/{file}", filesystem=self._system())).num_rows
        return rows

    def footer_of(self, file: str) -> tuple[int, Mapping[bytes, bytes]]:
        """How many rows a Parquet file says it has, and what its writer noted.

        Raises: Unavailable for a broken file, too.
        """
        try:
            found = self._do(lambda: pq.read_metadata(f"{self.root}/{file}", filesystem=self._system()))
        except pa.ArrowException as error:
            raise self._unusable(f"{file} is not whole ({error})") from error
        return found.num_rows, found.metadata or {}

    def read_table(self, file: str) -> pa.Table:
        """A Parquet file's rows."""
        return self._do(lambda: pq.read_table(f"{self.root}/{file}", filesystem=self._system()))

    def _check(self, file: str, columns: Sequence[str]) -> None:
        """Refuse an incomplete Parquet file: the engine reports no error when the disk was full. Refuse, and remove,
        one with other columns."""
        try:
            found = self._do(lambda: pq.read_schema(f"{self.root}/{file}", filesystem=self._system())).names
        except pa.ArrowException as error:
            raise self._unusable(f"what was written is not whole ({error})") from error
        if found != list(columns):
            self.remove(file)
            raise EngineFault(f"{file} has the columns {found}; asked for were {list(columns)}", None)

    def _below(self, name: str) -> fs.FileSelector:
        return fs.FileSelector(f"{self.root}/{name}", recursive=True, allow_not_found=True)

    def _system(self) -> fs.FileSystem:
        return fs.S3FileSystem(endpoint_override=os.environ.get(_ENDPOINT)) if self.is_bucket else fs.LocalFileSystem()

    def _do(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except OSError as error:
            raise self._unusable(error.strerror or str(error).partition("\n")[0]) from error

    def _unusable(self, reason: str) -> Unavailable:
        return Unavailable(
            f"The staging place {self} (MARQUEE_STAGING) can't be used: {reason}. Make room or name another."
        )


@cache
def _path_without_patterns(folder: str) -> str:
    """A path of a folder that the engine does not take for a pattern: it can't be told to read these characters as they
    are, so such a folder is reached through a link."""
    if not _PATTERN.intersection(folder):
        return folder
    link = Path(tempfile.mkdtemp(prefix="marquee-")) / "place"
    atexit.register(shutil.rmtree, link.parent, ignore_errors=True)
    link.symlink_to(folder)
    return str(link)


def staging_place(text: str) -> Place:
    """The place of a setting: `s3://bucket/prefix`, or a folder, under the working directory where it is relative.

    Raises: BadInput for an address of another kind, or without a bucket and prefix.
    """
    if not text.startswith(SCHEME):
        if "://" in text:
            raise BadInput(f"MARQUEE_STAGING is {text}: name a folder, or s3://bucket/prefix.")
        return Place(str(Path.cwd() / text))
    root = text.removeprefix(SCHEME).strip("/")
    if "/" not in root:
        raise BadInput(f"MARQUEE_STAGING is {text}: name a prefix in the bucket too, s3://bucket/prefix.")
    return Place(root, is_bucket=True)


def _is_hidden(path: str) -> bool:
    """Whether Spark and we pass over it: names that begin with a dot or an underscore."""
    return any(part.startswith((".", "_")) for part in path.split("/"))
