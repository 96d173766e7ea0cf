"""What a reader brings: some rows of a file, column by column, typed as the format types them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from ingest.kinds.kind import Mask, nothing
from ingest.kinds.plain import plain
from ingest.problems import Problem


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a file is asked for: `columns` by name, whether all others, the `rest`, are kept too, and whether it must
    be told that a row lacks a column, `gaps`, from that it leaves it empty.
    """

    columns: frozenset[str]
    rest: bool
    gaps: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class RawRows:
    """Consecutive rows. `columns` holds those of the wanted columns that the file has; all have the same length.

    `numbers` is each row's number in the file, from 1, counted in `unit`s. `rest` is a JSON object a row of what else
    stands in it, null where nothing does; `damaged` are the columns of it in which some texts are not UTF-8.
    `problems` are the rows of this stretch that are no rows at all. `named` are the columns that rows name which name
    their own, and `gaps` where such rows lack a column.
    """

    columns: Mapping[str, pa.Array]
    numbers: npt.NDArray[np.int64]
    unit: str = "row"
    rest: pa.StringArray | None = None
    damaged: Mapping[str, pa.Array] = field(default_factory=dict)
    problems: tuple[Problem, ...] = field(default=())
    named: frozenset[str] = frozenset()
    gaps: Mapping[str, Mask] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.numbers)

    def lacks(self, name: str) -> Mask:
        """Where a row has no such column, not even an empty one."""
        if name not in self.columns:
            return np.ones(len(self), dtype=np.bool_)
        return self.gaps.get(name, nothing(len(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """An open file: the `names` of its columns, or None where each row names its own, and its rows, to be read once."""

    names: frozenset[str] | None
    batches: Iterator[RawRows]


def columnar(
    batch: pa.RecordBatch,
    wanted: Wanted,
    numbers: npt.NDArray[np.int64],
    problems: tuple[Problem, ...] = (),
    unit: str = "row",
) -> RawRows:
    """The rows of an Arrow batch, which have these `numbers`."""
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    rest = {name: columns[name] for name in columns if name not in wanted.columns}
    return RawRows(
        columns={name: column for name, column in columns.items() if name in wanted.columns},
        numbers=numbers,
        unit=unit,
        rest=json_objects(rest) if wanted.rest and rest else None,
        damaged={name: column for name, column in rest.items() if wanted.rest and plain(column).bad.any()},
        problems=problems,
    )


def json_objects(columns: Mapping[str, pa.Array]) -> pa.StringArray:
    """The rows as JSON objects of the values that are there; null for a row without any."""
    values = [plain(column).values.to_pylist() for column in columns.values()]
    names = list(columns)
    return pa.array([json_object(dict(zip(names, row, strict=True))) for row in zip(*values, strict=True)], pa.string())


def json_object(row: Mapping[str, object]) -> str | None:
    """The values that are there, by name and sorted by it; None where none is."""
    present = {name: value for name, value in row.items() if value is not None}
    return orjson.dumps(present, default=str, option=orjson.OPT_SORT_KEYS).decode() if present else None
