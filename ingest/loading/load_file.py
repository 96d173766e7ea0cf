"""Load one file into one table of the warehouse: all its good rows, or nothing, with the reason."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.loading.batches import Numbered, gathered
from ingest.loading.failure_boundaries import each_alone, refusing, taken_by_the_engine
from ingest.loading.options import Options
from ingest.loading.read_ahead import ahead
from ingest.loading.refusals import (
    SizeLimits,
    refuse_missing_columns,
    refuse_not_allowed,
    refuse_too_bad,
    refuse_unknown_corrections,
    refuse_wrong_types,
)
from ingest.problems import FileRefused, Problem
from ingest.progress import Progress, silent
from ingest.quarantine.original_rows import reject_of
from ingest.quarantine.rejects_csv import ROW
from ingest.readers import RawRows, Rows, Source, Wanted, open_rows
from ingest.readers.decoding_limits import PIECE_BYTES
from ingest.rows.contract import REST, Contract, contract_for
from ingest.rows.partitions import partitions_of, with_partitions
from ingest.rows.validation import Validated, validate
from ingest.value_kinds import Whole
from ingest.value_kinds.plain_columns import plain
from ingest.value_kinds.value_kind import nulls
from warehouse import Warehouse
from warehouse.loads.load import Load, LoadSummary
from warehouse.loads.rejected_rows import Reject


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with some rows of a file, in one column and for one reason: how many they are, and the first."""

    rows: int
    first: Problem


@dataclass(frozen=True, slots=True)
class FileLoad:
    """What became of a file that was not refused; `extra` are its columns beyond the contract, in order, and `first` is
    the first row that could not be read. Where each row names its own columns, `extra` are the first `MOST_NAMES`.

    `malformed` counts the rows that could not be, by reason, `malformed_rows` are the numbers, reasons and columns of
    the first of them, and `faults` what is wrong with them: all follow from the file alone, whatever is stored.
    """

    file: str
    summary: LoadSummary
    extra: tuple[str, ...] = ()
    first: Problem | None = None
    malformed: Mapping[str, int] = field(default_factory=dict)
    malformed_rows: tuple[tuple[int, str, str], ...] = ()
    faults: tuple["Fault", ...] = ()

    @property
    def is_all_quarantined(self) -> bool:
        """Whether it has rows, and none of them can be loaded by now."""
        return 0 < self.summary.rows == self.summary.quarantined


DEFAULT = Options()
# Enough for the engine to find the next rows ready; small compared with what a load holds anyway.
BLOCKS_AHEAD, AHEAD_BYTES = 16, 128 << 20
# About what a problem takes, with the row as it came.
PROBLEM_BYTES = 1_000
# Names of columns that are remembered where each row has its own.
MOST_NAMES = 10_000
# Of a block, so many rows are checked at once.
PIECE_ROWS = 1 << 17
# Malformed rows that a result names.
MOST_MALFORMED_ROWS = 1_000
# The greatest number that a float holds exactly.
LAST_ROW = 2**53
Noting = Callable[[FileLoad], None]


def nothing_to_note(done: FileLoad) -> None:
    """A `Noting` that does nothing."""


class Sink(Protocol):
    """Where a file's rows go: a load, or a buffer that is loaded later."""

    reasons: Counter[str]

    def write(self, batch: pa.RecordBatch, numbers: npt.NDArray[np.int64]) -> None:
        """Take good rows, with their numbers in the file."""

    def reject(self, rejects: Sequence[Reject]) -> None:
        """Take rows that can't be rows of the table."""


def load_file(
    warehouse: Warehouse,
    table: str,
    path: Path | str,
    *,
    name: str | None = None,
    options: Options = DEFAULT,
    progress: Progress = silent,
    clock: Callable[[], float] = time.time,
    before_showing: Noting = nothing_to_note,
) -> FileLoad:
    """Load the file at a path or an address; `name` is what users call it.

    A file with only known rows loads, as duplicates. `clock` returns the present in epoch seconds: rows from the future
    are rejected. Progress counts bytes of the file. What `before_showing` writes becomes valid when the load is done.

    Raises: FileRefused for a file that is malformed, truncated, lacks a required column or has more bad rows than the
    options allow; nothing of it is loaded. BadInput for a column that can't be mapped, or a load that can't be
    replaced.
    """
    with (
        opened(table, path, name or str(path), options, int(clock())) as file,
        taken_by_the_engine(file.source.name),
        _begun(warehouse, table, file.source.name, options) as load,
    ):
        load.leaves_trace = not options.dry_run
        with ahead(file.validated(progress), BLOCKS_AHEAD, AHEAD_BYTES, _size_bytes) as blocks:
            file.pour(load, blocks)
        load.before_showing = lambda summary: before_showing(file.became(summary))
        done = file.became(load.count() if options.dry_run else load.commit())
    progress(file.source.name, file.source.size_bytes, file.source.size_bytes)
    return done


@contextmanager
def opened(table: str, path: Path | str, name: str, options: Options, now_s: int) -> Iterator["Loading"]:
    """A file whose rows can be read, once, within `with`.

    Raises: FileRefused, BadInput.
    """
    contract = contract_for(table, now_s, hash_ids=options.profile.hashes_ids)
    wanted = options.wanted(contract)
    with ExitStack() as kept:
        with refusing(name):
            source = Source.of(path, name, options.profile.dialect, options.format or options.profile.format)
            source.longest_record_bytes = options.longest_record_bytes
            rows = kept.enter_context(open_rows(source, wanted, options.decoders))
        partitions = partitions_of(name, wanted)
        if rows.names is not None:
            refuse_missing_columns(source, contract, options, rows.names | partitions.keys())
        refuse_wrong_types(source, contract, options, rows.types)
        refuse_unknown_corrections(source, options, rows.names)
        yield Loading(source, contract, options, wanted, rows, partitions)


@dataclass
class Loading:
    """A file being loaded into a sink. `names` are the columns seen so far."""

    source: Source
    contract: Contract
    options: Options
    wanted: Wanted
    rows: Rows
    partitions: Mapping[str, str | None] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    first: Problem | None = None
    malformed: Counter[str] = field(default_factory=Counter)
    malformed_rows: list[tuple[int, str, str]] = field(default_factory=list)
    faults: dict[tuple[str, str], Fault] = field(default_factory=dict)

    def validated(self, progress: Progress = silent) -> Iterator[Validated]:
        """The file's validated blocks. A read-ahead thread may produce them, because they do not touch the sink."""
        self.names = self.rows.names or frozenset()
        size = SizeLimits(self.source, self.options)
        with refusing(self.source.name):
            for read in self.rows.batches:
                own = read.named if self.rows.names is None else self.rows.names
                raw = with_partitions(read, self.partitions, own, self.wanted)
                refuse_not_allowed(self.source, self.contract, self.options, (own | raw.named) - self.wanted.left_out)
                self._note_names(raw.named)
                size.add(len(raw) + len(raw.problems), _values_bytes(raw))
                rows = _numbered_as_in_quarantine(self.source, raw) if self.options.repairs else raw
                for piece in in_pieces(rows, self._added_bytes()):
                    block = each_alone(partial(self._prepared, size), self.contract, piece)
                    size.add_malformed(block.problems)
                    yield block
                progress(self.source.name, self.source.read_bytes, self.source.size_bytes)

    def _note_names(self, named: frozenset[str]) -> None:
        """Remember names that rows have. Of those that nobody wants only so many are told apart."""
        new = named - self.names
        room = max(0, MOST_NAMES - len(self.names))
        self.names |= new if len(new) <= room else new & self.wanted.columns | {*sorted(new)[:room]}

    def _prepared(self, size: SizeLimits, contract: Contract, rows: RawRows) -> Validated:
        made = self.options.prepare(rows, contract)
        found = validate(contract, made)
        # Also what the profile makes, and attributes, which are none of the columns read.
        attributes = _attributes_bytes(found) if contract.keeps_rest else 0
        size.add(0, max(0, _values_bytes(made) - _values_bytes(rows)) + attributes)
        return found

    def _added_bytes(self) -> int:
        """At most so many bytes are added to each row, whatever it has: constants, and the names of its attributes."""
        constants = sum(len(value.encode()) for value in self.options.profile.constants.values())
        if not self.contract.keeps_rest:
            return constants
        beyond = (self.rows.names or frozenset()) - self.wanted.columns - self.wanted.left_out
        return constants + sum(len(name.encode()) for name in beyond)

    def pour(self, sink: Sink, blocks: Iterable[Validated]) -> None:
        """Write all rows of the file's blocks to the sink.

        Raises: FileRefused.
        """
        for batch, numbers in gathered(self._good_rows(sink, block) for block in blocks):
            sink.write(batch, numbers)
            refuse_too_bad(self.source, self.options, sink.reasons, self.first)
        if self.rows.names is None:
            refuse_missing_columns(self.source, self.contract, self.options, self.names)

    def became(self, summary: LoadSummary) -> FileLoad:
        """The result for the file, given the summary of its rows."""
        extra = tuple(sorted(self.names - self.wanted.columns - self.wanted.left_out))
        malformed, faults = dict(self.malformed), tuple(self.faults.values())
        return FileLoad(self.source.name, summary, extra, self.first, malformed, tuple(self.malformed_rows), faults)

    def _good_rows(self, sink: Sink, block: Validated) -> Numbered:
        if block.problems:
            self._keep_aside(sink, sorted(block.problems, key=lambda problem: problem.number))
        return block.batch, block.numbers

    def _keep_aside(self, sink: Sink, problems: list[Problem]) -> None:
        self.first = self.first or problems[0]
        self.malformed.update(problem.reason.value for problem in problems)
        room = MOST_MALFORMED_ROWS - len(self.malformed_rows)
        self.malformed_rows += [(problem.number, problem.reason.value, problem.column) for problem in problems[:room]]
        for problem in problems:
            self._note(problem)
        sink.reject([reject_of(problem, self.contract) for problem in problems])
        refuse_too_bad(self.source, self.options, sink.reasons, self.first)

    def _note(self, problem: Problem) -> None:
        kind = (problem.reason.value, problem.column)
        known = self.faults.get(kind)
        self.faults[kind] = Fault(known.rows + 1, known.first) if known else Fault(1, problem)


def _size_bytes(block: Validated) -> int:
    return int(block.batch.nbytes) + PROBLEM_BYTES * len(block.problems)


def _values_bytes(rows: RawRows) -> int:
    return sum(column.nbytes for column in rows.columns.values())


def _attributes_bytes(block: Validated) -> int:
    """The bytes of the attributes' values; their names are the file's columns."""
    return int(block.batch[REST].items.nbytes)


def in_pieces(rows: RawRows, added_bytes: int) -> Iterator[RawRows]:
    """The same rows, so many at a time that what becomes of them stays small: a row of two bytes becomes one of all
    columns, with so many more bytes.
    """
    most = max(1, min(PIECE_ROWS, PIECE_BYTES // max(added_bytes, 1)))
    return (rows.slice(start, min(most, len(rows) - start)) for start in range(0, max(len(rows), 1), most))


def _begun(warehouse: Warehouse, table: str, file: str, options: Options) -> AbstractContextManager[Load]:
    if options.repairs:
        return warehouse.load(table, [file], repairs=options.repairs)
    return warehouse.load(table, [file], options.replaces)


def _numbered_as_in_quarantine(source: Source, raw: RawRows) -> RawRows:
    """The rows under the numbers that they have in the quarantine.

    Raises: FileRefused for a row without one.
    """
    if raw.problems:
        raise FileRefused(source.name, f"{raw.problems[0].place}: {raw.problems[0].sentence}")
    found = Whole(1, LAST_ROW, pa.int64()).read(plain(raw.columns.get(ROW, pa.nulls(len(raw), pa.string()))).values)
    wrong = np.flatnonzero(found.bad | nulls(found.values))
    if len(wrong):
        place = f"{raw.unit} {int(raw.numbers[wrong[0]]):,}"
        raise FileRefused(
            source.name, f"{place}: {ROW} is missing or not a number, expected the number of a quarantined row"
        )
    numbers = found.values.to_numpy(zero_copy_only=False).astype(np.int64)
    return replace(raw, numbers=numbers, unit="row", named=raw.named - {ROW})
