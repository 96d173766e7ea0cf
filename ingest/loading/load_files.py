"""Load several files into one table, and report on all of them."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.files.inputs import Input
from ingest.loading.load_file import DEFAULT, FileLoad, load_file
from ingest.loading.options import Options
from ingest.problems import FileRefused
from ingest.progress import Progress
from ingest.rows.contract import REST
from warehouse import Warehouse
from warehouse.plurals import counted
from warehouse.tables.incoming_schemas import INCOMING


@dataclass(frozen=True, slots=True)
class Report:
    """The loads, and the refused files, in the order of the arguments. `replaced` is the number of the load that was
    replaced, 0 for none.
    """

    table: str
    loads: tuple[FileLoad, ...]
    refused: tuple[FileRefused, ...]
    seconds: float
    is_dry_run: bool = False
    replaced: int = 0

    @property
    def files(self) -> int:
        """How many files were given."""
        return len(self.loads) + len(self.refused)

    @property
    def rows(self) -> int:
        """How many rows the loaded files have: accepted, duplicates and quarantined together."""
        return sum(load.summary.rows for load in self.loads)

    @property
    def accepted(self) -> int:
        """How many rows are new in the table, or have new content."""
        return sum(load.summary.accepted for load in self.loads)

    @property
    def duplicates(self) -> int:
        """How many rows were there already."""
        return sum(load.summary.duplicates for load in self.loads)

    @property
    def quarantined(self) -> int:
        """How many rows wait in `rejected_rows`."""
        return sum(load.summary.quarantined for load in self.loads)

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows are quarantined for each reason."""
        counted: Counter[str] = Counter()
        for load in self.loads:
            counted.update(load.summary.reasons)
        return dict(sorted(counted.items()))

    @property
    def extra_columns(self) -> list[str]:
        """The columns of the files beyond the contract, which may be misspelt."""
        return sorted({name for load in self.loads for name in load.extra})

    def to_json(self) -> dict[str, object]:
        """What `--json` prints."""
        return {
            "table": self.table,
            "files": self.files,
            "rows": self.rows,
            "accepted": self.accepted,
            "duplicates": self.duplicates,
            "quarantined": self.quarantined,
            "reasons": self.reasons,
            "extra_columns": self.extra_columns,
            **({"replaced": self.replaced} if self.replaced else {}),
            **({"faults": self._faults()} if any(load.faults for load in self.loads) else {}),
            "refused": [{"file": refused.file, "reason": refused.reason} for refused in self.refused],
            "seconds": round(self.seconds, 3),
        }

    def sentence(self) -> str:
        """One line for a person."""
        refused = f", {len(self.refused):,} refused" if self.refused else ""
        reasons = ", ".join(f"{rows:,} {reason}" for reason, rows in self.reasons.items())
        return (
            f"{self.table}: {counted(self.files, 'file')}{refused}, {counted(self.rows, 'row')}: "
            f"{self.accepted:,} accepted, {counted(self.duplicates, 'duplicate')}, {self.quarantined:,} quarantined"
            f"{f' ({reasons})' if reasons else ''}, in {self.seconds:.1f} s.{self._extra()}"
            f"{f' Load {self.replaced} is taken back.' if self.replaced else ''}"
            f"{' Nothing was loaded: this was a dry run.' if self.is_dry_run else ''}"
        )

    def _faults(self) -> list[dict[str, object]]:
        """What is wrong with rows that can't be read: by file, reason and column, with the first of each."""
        return [
            {
                "file": load.file,
                "rows": fault.rows,
                "reason": fault.first.reason,
                "column": fault.first.column or None,
                "first": fault.first.place,
                "sentence": fault.first.sentence,
            }
            for load in self.loads
            for fault in load.faults
        ]

    def _extra(self) -> str:
        if not self.extra_columns:
            return ""
        fate = f"Kept in {REST}" if REST in INCOMING[self.table].names else "Left out"
        return f" {fate}: {', '.join(self.extra_columns)}."


def load_files(
    warehouse: Warehouse, table: str, files: Iterable[Input], progress: Progress, options: Options = DEFAULT
) -> Report:
    """Load each file, a name and a path, separately, so that a refused one does not affect the others."""
    began = time.monotonic()
    loads: list[FileLoad] = []
    refused: list[FileRefused] = []
    for name, path in files:
        try:
            loads.append(load_file(warehouse, table, path, name=name, options=options, progress=progress))
        except FileRefused as refusal:
            refused.append(refusal)
    replaced = options.replaces if loads and not options.dry_run else 0
    return Report(table, tuple(loads), tuple(refused), time.monotonic() - began, options.dry_run, replaced)
