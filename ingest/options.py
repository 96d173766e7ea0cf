"""Options of a load: how files are read, and what happens to bad rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import replace as changed

from ingest.contract import Contract
from ingest.dialect import Dialect
from ingest.file_format import FileFormat
from ingest.readers import RawRows, Wanted
from warehouse.errors import BadInput


@dataclass(frozen=True, slots=True)
class Options:
    """`renamed` maps a column of the file to the contract's. A file with more than `max_rejects` bad rows (None: no
    limit) or more than `max_rows` rows is refused. A `dry_run` counts and loads nothing. Texts are read by the
    `dialect`. A `format` overrides the files' names. The load `replaces` is replaced by the file's load; 0 is none. A
    file with another column than those that its table requires and the `allowed` ones is refused; None allows all.
    """

    renamed: Mapping[str, str] = field(default_factory=dict)
    max_rejects: int | None = None
    dry_run: bool = False
    dialect: Dialect = field(default_factory=Dialect)
    hash_ids: bool = False
    format: FileFormat | None = None
    replaces: int = 0
    max_rows: int | None = None
    allowed: frozenset[str] | None = None

    def wanted(self, contract: Contract) -> Wanted:
        """The columns to read, by their names in the file.

        Raises: BadInput for renaming to a column that does not exist.
        """
        strange = sorted(set(self.renamed.values()) - contract.names)
        if strange:
            known = ", ".join(column.name for column in contract.columns)
            raise BadInput(f"{contract.table} has no column {strange[0]} to map to; columns: {known}")
        kept = contract.names - set(self.renamed.values())
        lists = {name for name in kept if name in contract.lists}
        lists |= {name for name, target in self.renamed.items() if target in contract.lists}
        return Wanted(kept | set(self.renamed), contract.keeps_rest, contract.keeps_known, frozenset(lists))

    def known(self, names: frozenset[str], wanted: Wanted) -> frozenset[str]:
        """The contract's names of those columns of a file that are wanted."""
        return frozenset(self.renamed.get(name, name) for name in names & wanted.columns)

    def spoken(self, name: str) -> str:
        """A column of the contract as a message names it, with its expected name in the file."""
        own = [source for source, target in self.renamed.items() if target == name]
        return f"{name} ({own[0]})" if own else name

    def rename(self, raw: RawRows) -> RawRows:
        """The rows under the contract's names."""
        columns = {self.renamed.get(name, name): column for name, column in raw.columns.items()}
        gaps = {self.renamed.get(name, name): gap for name, gap in raw.gaps.items()}
        return changed(raw, columns=columns, gaps=gaps) if self.renamed else raw


def parse_renamed(pairs: list[str]) -> dict[str, str]:
    """Parse several `--map src=dst`.

    Raises: BadInput for a malformed pair, and for two columns mapped to one.
    """
    renamed: dict[str, str] = {}
    for pair in pairs:
        source, equals, target = (part.strip() for part in pair.rpartition("="))
        if not (equals and source and target):
            raise BadInput(f"--map is {pair!r}, expected the file's column, =, and ours: --map person=user_id")
        if source in renamed or target in renamed.values():
            raise BadInput(f"--map {pair} maps {source if source in renamed else target} a second time")
        renamed[source] = target
    return renamed
