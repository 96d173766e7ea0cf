"""Load one file into one table of the warehouse: all its good rows, or nothing, with the reason."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.files.file_format import FileFormat
from ingest.kinds import Whole
from ingest.kinds.kind import nulls
from ingest.kinds.plain_columns import plain
from ingest.loading.batches import Numbered, gathered
from ingest.loading.failure_boundaries import each_alone, refusing, taken_by_the_engine
from ingest.loading.options import Options
from ingest.loading.read_ahead import ahead
from ingest.message_names import cut, listed, shown
from ingest.problems import ColumnNotAllowed, FileRefused, Problem, TooManyRows
from ingest.progress import Progress, silent
from ingest.quarantine.original_rows import reject_of
from ingest.quarantine.rejects_csv import ROW
from ingest.readers import RawRows, Rows, Source, Wanted, open_rows
from ingest.readers.csv_header import other_delimiter
from ingest.rows.arrow_types import is_readable, plain_type
from ingest.rows.column_hints import nearest, proposed_map, told
from ingest.rows.contract import Contract, contract_for
from ingest.rows.partitions import partitions_of, with_partitions
from ingest.rows.validation import Validated, validate
from warehouse import Warehouse
from warehouse.loads.load import Load, LoadSummary
from warehouse.loads.rejects import Reject
from warehouse.loads.verdicts import FORGOTTEN
from warehouse.plurals import noun


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with some rows of a file, in one column and for one reason: how many they are, and the first."""

    rows: int
    first: Problem


@dataclass(frozen=True, slots=True)
class FileLoad:
    """What became of a file that was not refused; `extra` are its columns beyond the contract, in order, and `first` is
    the first row that could not be read.

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
BLOCKS_AHEAD = 16
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
        with ahead(file.validated(progress), BLOCKS_AHEAD) as blocks:
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
            rows = kept.enter_context(open_rows(source, wanted, options.decoders))
        partitions = partitions_of(name, wanted)
        if rows.names is not None:
            _require_columns(source, contract, options, rows.names | partitions.keys())
        _require_types(source, contract, options, rows.types)
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
    count: int = 0
    size_bytes: int = 0
    malformed: Counter[str] = field(default_factory=Counter)
    malformed_rows: list[tuple[int, str, str]] = field(default_factory=list)
    faults: dict[tuple[str, str], Fault] = field(default_factory=dict)

    def validated(self, progress: Progress = silent) -> Iterator[Validated]:
        """The file's validated blocks. A read-ahead thread may produce them, because they do not touch the sink."""
        self.names = self.rows.names or frozenset()
        with refusing(self.source.name):
            for read in self.rows.batches:
                own = read.named if self.rows.names is None else self.rows.names
                raw = with_partitions(read, self.partitions, own, self.wanted)
                self.names |= raw.named
                self._refuse_not_allowed()
                self._refuse_too_many(len(raw) + len(raw.problems))
                self._refuse_too_large(sum(column.nbytes for column in raw.columns.values()))
                rows = _numbered_as_in_quarantine(self.source, raw) if self.options.repairs else raw
                yield each_alone(self._prepared, self.contract, rows)
                progress(self.source.name, self.source.read_bytes, self.source.size_bytes)

    def _prepared(self, contract: Contract, rows: RawRows) -> Validated:
        return validate(contract, self.options.prepare(rows, contract))

    def pour(self, sink: Sink, blocks: Iterable[Validated]) -> None:
        """Write all rows of the file's blocks to the sink.

        Raises: FileRefused.
        """
        for batch, numbers in gathered(self._good_rows(sink, block) for block in blocks):
            sink.write(batch, numbers)
            self._refuse_too_bad(sink)
        if self.rows.names is None:
            _require_columns(self.source, self.contract, self.options, self.names)

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
        self._refuse_too_bad(sink)

    def _note(self, problem: Problem) -> None:
        kind = (problem.reason.value, problem.column)
        known = self.faults.get(kind)
        self.faults[kind] = Fault(known.rows + 1, known.first) if known else Fault(1, problem)

    def _refuse_too_many(self, rows: int) -> None:
        self.count += rows
        if self.options.max_rows is not None and self.count > self.options.max_rows:
            raise TooManyRows(self.source.name, f"it has more than {self.options.max_rows:,} rows; send it in pieces")

    def _refuse_too_large(self, size_bytes: int) -> None:
        self.size_bytes += size_bytes
        most = self.options.max_bytes
        if most is not None and self.size_bytes > most:
            raise TooManyRows(self.source.name, f"its values take more than {most:,} bytes; send it in pieces")

    def _refuse_not_allowed(self) -> None:
        if self.options.allowed is None:
            return
        required = set(self.contract.missing(frozenset()))
        sent = {self.options.profile.renamed.get(name, name) for name in self.names - self.wanted.left_out}
        parts = {name for sources in self.options.profile.ids.values() for name in sources}
        strange = sorted(sent - self.options.allowed - required - parts)
        if strange:
            raise ColumnNotAllowed(self.source.name, f"it has the column {strange[0]}, which may not be sent here")

    def _refuse_too_bad(self, sink: Sink) -> None:
        """Rows of forgotten people do not count as bad rows of the file."""
        limit = self.options.max_rejects
        bad = sum(rows for reason, rows in sink.reasons.items() if reason != FORGOTTEN)
        if limit is None or bad <= limit:
            return
        reasons = ", ".join(f"{rows:,} {reason}" for reason, rows in sorted(sink.reasons.items()))
        what = f"{self.first.place}: {self.first.sentence}" if self.first else f"so far {reasons}"
        raise FileRefused(self.source.name, what if limit == 0 else f"more than {limit:,} bad rows; {what}")


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


def _require_columns(source: Source, contract: Contract, options: Options, names: frozenset[str]) -> None:
    """Raises: FileRefused for a file without a column that its table requires, or that a person named."""
    mistyped = sorted(options.typed - names)
    if mistyped and names:
        meant = nearest(mistyped[0], names)
        hint = f"; did you mean {shown(meant)}?" if meant else ""
        found = listed(sorted(names))
        raise FileRefused(
            source.name, f"it has no column {shown(mistyped[0])}, which --map names; it has {found}{hint}"
        )
    missing = contract.missing(options.known(names, options.wanted(contract)))
    if missing:
        lacking = ", ".join(map(options.spoken, missing))
        reason = f"it lacks the required {noun(len(missing), 'column')} {lacking}; it has {listed(sorted(names))}"
        raise FileRefused(source.name, f"{reason}{_hint(source, contract, options, names, missing)}")


def _hint(source: Source, contract: Contract, options: Options, names: frozenset[str], missing: Sequence[str]) -> str:
    """What to try, as the end of a sentence."""
    delimiter = other_delimiter(source, options.wanted(contract)) if source.format is FileFormat.CSV else None
    if delimiter is not None:
        return f". Its cells seem to be separated by {delimiter!r}: --delimiter {_written(delimiter)}"
    proposed = proposed_map(contract, names - options.profile.renamed.keys(), missing)
    return f". Perhaps {told(proposed)}" if proposed else ""


def _written(delimiter: str) -> str:
    return {"\t": "tab"}.get(delimiter, f"'{delimiter}'")


def _require_types(source: Source, contract: Contract, options: Options, types: Mapping[str, pa.DataType]) -> None:
    """Raises: FileRefused for a column that is read and of a type that can't be."""
    profile = options.profile
    ours = {profile.renamed.get(name, name): name for name in types if name not in profile.left_out}
    read_otherwise = {*profile.dates, *profile.units, *profile.separators, *profile.ids, *profile.constants}
    for column in contract.columns:
        if column.name in read_otherwise:
            continue
        name = ours.get(column.name)
        kind = plain_type(types[name]) if name else pa.null()
        if not (pa.types.is_null(kind) or pa.types.is_binary(kind) or column.kind.takes(kind)):
            found = f"{options.spoken(column.name)} is of the type {cut(str(types[name or column.name]))}"
            raise FileRefused(source.name, f"{found}, expected {column.kind.expected}")
    if contract.keeps_rest:
        for name, kind in types.items():
            if not is_readable(kind):
                raise FileRefused(
                    source.name, f"the column {shown(name)} is of the type {cut(str(kind))}, which can't be kept"
                )
