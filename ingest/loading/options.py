"""Options of a load: how files are read, and what happens to bad rows."""

from dataclasses import dataclass, field

from ingest.files.file_format import FileFormat
from ingest.profiles.profile import Profile
from ingest.quarantine.rejects_csv import EXPLANATION, ORIGINAL, REASON, ROW
from ingest.readable_names import listed
from ingest.readers import Decoders, RawRows, Wanted
from ingest.readers.input_file import LONGEST_RECORD_BYTES
from ingest.rows.contract import Contract
from ingest.rows.corrections import Corrections, corrected
from ingest.rows.profile_conversion import prepared
from warehouse.errors import BadInput


@dataclass(frozen=True, slots=True)
class Options:
    """Files are read by the `profile`; `typed` are the columns of the file that a person named, and may have mistyped.
    A file with more than `max_rejects` bad rows (None: no limit), more than `max_malformed` that can't be rows of the
    table whatever is stored, more than `max_rows` rows or more than `max_bytes` of decoded values is refused. A
    `dry_run` counts and loads nothing. A `format` overrides the files' names. The load `replaces` is replaced by the
    file's load, or the file's rows take the place of what the load `repairs` quarantined; 0 is none. A file with
    another column than those that its table requires and the `allowed` ones is refused; None allows all, and so is one
    with a record of text of more than `longest_record_bytes`. Packed files of strangers are decoded by the `decoders`.
    Of a text file, `corrections` take the place of cells.
    """

    profile: Profile = field(default_factory=Profile)
    typed: frozenset[str] = frozenset()
    max_rejects: int | None = None
    dry_run: bool = False
    format: FileFormat | None = None
    replaces: int = 0
    repairs: int = 0
    max_malformed: int | None = None
    max_rows: int | None = None
    max_bytes: int | None = None
    allowed: frozenset[str] | None = None
    longest_record_bytes: int = LONGEST_RECORD_BYTES
    decoders: Decoders | None = None
    corrections: Corrections = field(default_factory=dict)

    def wanted(self, contract: Contract) -> Wanted:
        """The columns to read, by their names in the file.

        Raises: BadInput for a profile that does not fit the table.
        """
        profile = self.profile
        profile.check_table(contract.table)
        strange = sorted(set(profile.renamed.values()) - contract.names)
        if strange:
            known = ", ".join(column.name for column in contract.columns)
            raise BadInput(f"{contract.table} has no column {strange[0]} to map to; columns: {known}")
        profile.check(contract)
        made = profile.ids.keys() | profile.constants.keys()
        kept = contract.names - set(profile.renamed.values()) - made
        sources = set(profile.renamed) | {name for names in profile.ids.values() for name in names}
        lists = {name for name in kept if name in contract.lists}
        lists |= {name for name, target in profile.renamed.items() if target in contract.lists}
        left_out = profile.left_out | (made - sources)
        columns = (kept | sources) - left_out
        if self.repairs:
            columns, left_out = columns | {ROW}, left_out | {REASON, EXPLANATION, ORIGINAL}
        return Wanted(columns, contract.keeps_rest, contract.keeps_known, frozenset(lists), left_out)

    def known(self, names: frozenset[str], wanted: Wanted) -> frozenset[str]:
        """The contract's names of what a file with these columns has."""
        profile = self.profile
        made = {target for target, sources in profile.ids.items() if set(sources) <= names}
        found = {profile.renamed.get(name, name) for name in names & wanted.columns}
        return frozenset(found | made | profile.constants.keys())

    def spoken(self, name: str) -> str:
        """A column of the contract as a message names it, with its expected name in the file."""
        own = [source for source, target in self.profile.renamed.items() if target == name]
        made = [f"made of {listed(self.profile.ids[name])}"] if name in self.profile.ids else []
        return f"{name} ({[*own, *made][0]})" if own or made else name

    def prepare(self, raw: RawRows, contract: Contract) -> RawRows:
        """The rows under the contract's names, and in its units."""
        raw = corrected(raw, self.corrections)
        if self.profile == _PLAIN:
            return raw
        return prepared(raw, self.profile, contract)


_PLAIN = Profile()


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
