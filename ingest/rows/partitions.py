"""Columns that Hive and Spark write into the names of folders: `country=DE/part-0.parquet`."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import unquote

import pyarrow as pa

from ingest.readers.rows import RawRows, Wanted
from ingest.value_kinds.value_kind import nothing

NOTHING = "__HIVE_DEFAULT_PARTITION__"


def partitions_of(file: str, wanted: Wanted) -> dict[str, str | None]:
    """The columns in the names of the folders right above a file, as far as they are wanted; None has no value."""
    found: dict[str, str | None] = {}
    for part in reversed(PurePosixPath(file).parts[:-1]):
        name, equals, value = part.partition("=")
        if not equals or not name:
            break
        if wanted.takes(unquote(name)):
            found.setdefault(unquote(name), None if value == NOTHING else unquote(value))
    return found


def with_partitions(raw: RawRows, partitions: Mapping[str, str | None], own: frozenset[str], wanted: Wanted) -> RawRows:
    """The rows with the columns of their file's folders; those that the file has itself, `own`, go before."""
    added = {name: value for name, value in partitions.items() if name not in own}
    if not added:
        return raw
    read = added.keys() & wanted.columns
    columns = {name: pa.array([added[name]] * len(raw), pa.string()) for name in read}
    more = {name: value for name, value in added.items() if name not in read and value is not None}
    rest = raw.rest or ({},) * len(raw)
    return replace(
        raw,
        columns={**raw.columns, **columns},
        rest=[{**more, **row} for row in rest] if more else raw.rest,
        named=raw.named | added.keys(),
        gaps={**raw.gaps, **{name: nothing(len(raw)) for name in columns}},
    )
