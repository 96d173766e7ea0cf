"""One file into one table of the warehouse: all its good rows, or nothing and the reason why."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.ahead import ahead
from ingest.batches import Numbered, gathered
from ingest.contract import Contract, contract_for
from ingest.options import Options
from ingest.originals import reject_of
from ingest.problems import FileRefused, Problem
from ingest.progress import Progress, silent
from ingest.readers import Rows, Source, Wanted, open_rows
from ingest.validation import Validated, validate
from warehouse import Warehouse
from warehouse.loads.load import Load, LoadSummary
from warehouse.loads.sifting import FORGOTTEN


@dataclass(frozen=True, slots=True)
class FileLoad:
    """What became of a file that was not refused; `extra` are its columns beyond the contract, in order, and `first` is
    the first row that could not be read.
    """

    file: str
    summary: LoadSummary
    extra: tuple[str, ...] = ()
    first: Problem | None = None


DEFAULT = Options()
# Enough for the engine to find the next rows ready, and little beside what a load holds anyway.
BLOCKS_AHEAD = 16


def load_file(
    warehouse: Warehouse,
    table: str,
    path: Path | str,
    *,
    name: str | None = None,
    options: Options = DEFAULT,
    progress: Progress = silent,
    clock: Callable[[], float] = time.time,
) -> FileLoad:
    """Loads the file at a path or an address, which users call `name`.

    A file whose every row is known already loads, as duplicates. `clock` tells the present in epoch seconds: no row may
    lie after it. Progress counts bytes of the file.

    Raises: FileRefused for a file that is not of its format, is cut off, lacks a required column or has more bad rows
    than the options allow; nothing of it is loaded. BadInput for a column that can't be mapped, or a load that can't be
    replaced.
    """
    contract = contract_for(table, int(clock()), hash_ids=options.hash_ids)
    wanted = options.wanted(contract)
    source = Source.of(path, name or str(path), options.delimiter, options.format)
    with open_rows(source, wanted) as rows:
        if rows.names is not None:
            _require_columns(source, contract, options, rows.names)
        with warehouse.load(table, [source.name], options.replaces) as load:
            loaded = _Loading(source, contract, options, wanted, load)
            summary = loaded.run(rows, progress)
    progress(source.name, source.size_bytes, source.size_bytes)
    return FileLoad(source.name, summary, tuple(sorted(loaded.names - wanted.columns)), loaded.first)


@dataclass
class _Loading:
    """A file on its way into an open load. `names` are the columns that were seen so far."""

    source: Source
    contract: Contract
    options: Options
    wanted: Wanted
    load: Load
    names: frozenset[str] = frozenset()
    first: Problem | None = None

    def run(self, rows: Rows, progress: Progress) -> LoadSummary:
        self.names = rows.names or frozenset()
        with ahead(self._validated(rows, progress), BLOCKS_AHEAD) as blocks:
            for batch, numbers in gathered(map(self._good_rows, blocks)):
                self.load.write(batch, numbers)
                self._refuse_too_many()
        if rows.names is None:
            _require_columns(self.source, self.contract, self.options, self.names)
        return self.load.count() if self.options.dry_run else self.load.commit()

    def _validated(self, rows: Rows, progress: Progress) -> Iterator[Validated]:
        """The file block by block, in the thread that reads ahead: it leaves the load alone."""
        for raw in rows.batches:
            self.names |= raw.named
            yield validate(self.contract, self.options.rename(raw))
            progress(self.source.name, self.source.read_bytes, self.source.size_bytes)

    def _good_rows(self, block: Validated) -> Numbered:
        if block.problems:
            self._keep_aside(sorted(block.problems, key=lambda problem: problem.number))
        return block.batch, block.numbers

    def _keep_aside(self, problems: list[Problem]) -> None:
        self.first = self.first or problems[0]
        self.load.reject([reject_of(problem, self.contract) for problem in problems])
        self._refuse_too_many()

    def _refuse_too_many(self) -> None:
        """That a person was forgotten is no fault of the file."""
        limit = self.options.max_rejects
        bad = sum(rows for reason, rows in self.load.reasons.items() if reason != FORGOTTEN)
        if limit is None or bad <= limit:
            return
        reasons = ", ".join(f"{rows:,} {reason}" for reason, rows in sorted(self.load.reasons.items()))
        what = f"{self.first.place}: {self.first.sentence}" if self.first else f"so far {reasons}"
        raise FileRefused(self.source.name, what if limit == 0 else f"more than {limit:,} bad rows; {what}")


def _require_columns(source: Source, contract: Contract, options: Options, names: frozenset[str]) -> None:
    missing = contract.missing(options.known(names, options.wanted(contract)))
    if missing:
        columns = "column" if len(missing) == 1 else "columns"
        found = ", ".join(sorted(names))
        lacking = ", ".join(map(options.spoken, missing))
        raise FileRefused(source.name, f"it lacks the required {columns} {lacking}; it has {found}")
