"""What a reader yields: some rows of a file, column by column, typed as in the format."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.problems import Problem
from ingest.rows.arrow_types import in_plain_type
from ingest.rows.arrow_values import values
from ingest.value_kinds.plain_columns import plain
from ingest.value_kinds.value_kind import Mask, nothing


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read from a file: `columns` by name; whether all others, the `rest`, are kept; whether `gaps`, absent
    columns of a row, must be told from empty ones; which columns may hold lists; and which are left out.
    """

    columns: frozenset[str]
    rest: bool
    gaps: bool = False
    lists: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()

    @property
    def paths(self) -> list[str]:
        """The wanted columns that may be names within names, joined by dots."""
        return [name for name in self.columns if "." in name]

    def takes(self, name: str) -> bool:
        """Whether a column of the file is to be read."""
        return (self.rest or name in self.columns) and name not in self.left_out


@dataclass(frozen=True, slots=True, eq=False)
class RawRows:
    """Consecutive rows. `columns` holds those of the wanted columns that the file has; all have the same length.

    `numbers` is each row's number in the file, from 1, counted in `unit`s. `rest` is what else each row has, by name,
    None if no row has more; `damaged` are its columns in which some texts are not UTF-8. `problems` are the rows that
    can't be parsed. Where each row names its columns, `named` are those names, and `gaps` says which rows lack a
    column.
    """

    columns: Mapping[str, pa.Array]
    numbers: npt.NDArray[np.int64]
    unit: str = "row"
    rest: Sequence[Mapping[str, object]] | None = None
    damaged: Mapping[str, pa.Array] = field(default_factory=dict)
    problems: tuple[Problem, ...] = field(default=())
    named: frozenset[str] = frozenset()
    gaps: Mapping[str, Mask] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.numbers)

    def slice(self, start: int, length: int | None = None) -> "RawRows":
        """Some of the rows; `problems` stay with those that begin at 0."""
        end = len(self) if length is None else start + length
        return replace(
            self,
            columns={name: column.slice(start, end - start) for name, column in self.columns.items()},
            numbers=self.numbers[start:end],
            rest=self.rest[start:end] if self.rest else None,
            damaged={name: column.slice(start, end - start) for name, column in self.damaged.items()},
            problems=() if start else self.problems,
            gaps={name: gap[start:end] for name, gap in self.gaps.items()},
        )

    def lacks(self, name: str) -> Mask:
        """A mask of rows without the column, not even an empty one."""
        if name not in self.columns:
            return np.ones(len(self), dtype=np.bool_)
        return self.gaps.get(name, nothing(len(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """An open file: its column `names`, or None if each row names its own, and its rows, to be read once. `types` are
    those of its columns where the format says them.
    """

    names: frozenset[str] | None
    batches: Iterator[RawRows]
    types: Mapping[str, pa.DataType] = field(default_factory=dict)


def types_of(schema: pa.Schema) -> dict[str, pa.DataType]:
    """The types of a file's columns, by name."""
    return dict(zip(schema.names, schema.types, strict=True))


def columnar(
    batch: pa.RecordBatch,
    wanted: Wanted,
    numbers: npt.NDArray[np.int64],
    problems: tuple[Problem, ...] = (),
    unit: str = "row",
) -> RawRows:
    """The rows of an Arrow batch, with these `numbers`."""
    columns = dict(zip(batch.schema.names, map(in_plain_type, batch.columns), strict=True))
    rest = {name: columns[name] for name in columns if name not in wanted.columns | wanted.left_out}
    return RawRows(
        columns={name: column for name, column in columns.items() if name in wanted.columns},
        numbers=numbers,
        unit=unit,
        rest=_rows_of(rest) if wanted.rest and rest else None,
        damaged={name: column for name, column in rest.items() if wanted.rest and plain(column).bad.any()},
        problems=problems,
    )


def _rows_of(columns: Mapping[str, pa.Array]) -> list[Mapping[str, object]]:
    """The present values of each row, by name."""
    found = {name: values(plain(column).values) for name, column in columns.items()}
    return [
        {name: value for name, value in zip(found, row, strict=True) if value is not None}
        for row in zip(*found.values(), strict=True)
    ]
