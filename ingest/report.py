"""Several files into one table, and what became of them all."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ingest.loader import load_file
from ingest.problems import FileRefused
from ingest.progress import Progress
from warehouse import Warehouse
from warehouse.loads.load import LoadSummary


@dataclass(frozen=True, slots=True)
class Report:
    """The loads that were made, and the files that were not loaded, in the order in which they were given."""

    table: str
    loads: tuple[LoadSummary, ...]
    refused: tuple[FileRefused, ...]
    seconds: float

    @property
    def files(self) -> int:
        """How many files were given."""
        return len(self.loads) + len(self.refused)

    @property
    def rows(self) -> int:
        """How many rows the loaded files have: accepted, duplicates and quarantined together."""
        return sum(load.rows for load in self.loads)

    @property
    def accepted(self) -> int:
        """How many rows are now in the table that were not before, or not with this content."""
        return sum(load.accepted for load in self.loads)

    @property
    def duplicates(self) -> int:
        """How many rows were there already."""
        return sum(load.duplicates for load in self.loads)

    @property
    def quarantined(self) -> int:
        """How many rows wait in `rejected_rows`."""
        return sum(load.quarantined for load in self.loads)

    def to_json(self) -> dict[str, object]:
        """What `--json` prints."""
        return {
            "table": self.table,
            "files": self.files,
            "rows": self.rows,
            "accepted": self.accepted,
            "duplicates": self.duplicates,
            "quarantined": self.quarantined,
            "refused": [{"file": refused.file, "reason": refused.reason} for refused in self.refused],
            "seconds": round(self.seconds, 3),
        }

    def sentence(self) -> str:
        """One line for a person."""
        refused = f", {len(self.refused):,} refused" if self.refused else ""
        files = "1 file" if self.files == 1 else f"{self.files:,} files"
        return (
            f"{self.table}: {files}{refused}, {self.rows:,} rows: {self.accepted:,} accepted, "
            f"{self.duplicates:,} duplicates, {self.quarantined:,} quarantined, in {self.seconds:.1f} s."
        )


def load_files(warehouse: Warehouse, table: str, files: Iterable[tuple[str, Path]], progress: Progress) -> Report:
    """Loads each file, a name and a path, on its own, so that a refused one keeps none of the others out."""
    began = time.monotonic()
    loads: list[LoadSummary] = []
    refused: list[FileRefused] = []
    for name, path in files:
        try:
            loads.append(load_file(warehouse, table, path, name=name, progress=progress))
        except FileRefused as refusal:
            refused.append(refusal)
    return Report(table, tuple(loads), tuple(refused), time.monotonic() - began)
