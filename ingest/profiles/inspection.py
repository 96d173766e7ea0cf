"""What a file seems to be: its format and dialect, its table, and how its columns become ours.

Only the beginning is read. What is proposed is a profile, for a person to look at: nothing is loaded by it until it is
named.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ingest.files.dialect import Dialect
from ingest.files.file_format import FileFormat
from ingest.loading.failure_boundaries import each_alone
from ingest.loading.options import Options
from ingest.loading.refusals import refuse_unknown_corrections, refuse_wrong_types
from ingest.problems import FileRefused, Problem
from ingest.profiles.beginning import Beginning, read_beginning
from ingest.profiles.profile import profile_of
from ingest.profiles.proposed_profile import mapped, proposed_profile
from ingest.readers import Decoders, RawRows, Source, open_rows
from ingest.readers.csv_delimiter import most_even_delimiter
from ingest.readers.csv_header import other_delimiter
from ingest.readers.input_file import FORMATS, magic_of
from ingest.readers.rows import Wanted
from ingest.rows.contract import Contract, contract_for
from ingest.rows.corrections import Corrections
from ingest.rows.validation import Validated, validate
from warehouse.model.tables import TABLES

MOST_BAD = 5
# Problems that are kept with what a file seems to be.
MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class Inspected:
    """What a file seems to be. `profile` is the document of a profile: by it `good` of the first rows can be loaded
    and `bad_rows` can't, of which `problems` are the first; none are counted while columns are `missing`, or the whole
    file would be `refused` for the type of one.
    """

    file: str
    format: FileFormat
    compression: str | None
    encoding: str
    beginning: Beginning
    table: str
    profile: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    good: int = 0
    bad_rows: int = 0
    problems: tuple[Problem, ...] = ()
    refused: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The file's columns, in its order."""
        return tuple(self.beginning.columns)

    @property
    def bad(self) -> tuple[str, ...]:
        """The first cells that the profile would not read."""
        return tuple(f"{one.place}: {one.sentence}" for one in self.problems[:MOST_BAD])


def inspect_file(
    path: Path | str,
    name: str,
    now_s: int,
    table: str = "",
    format_: FileFormat | None = None,
    tables: Collection[str] = TABLES,
    given: Mapping[str, Any] = MappingProxyType({}),
    decoders: Decoders | None = None,
    corrections: Corrections = MappingProxyType({}),
) -> Inspected:
    """Look at the beginning of a file, and propose a profile for it: what is `given` of its document stays. Without a
    `table` it is for the one of the `tables` whose columns it has most of. `corrections` are of a text file's cells.

    Raises: FileRefused for one that can't be read at all; BadInput for something given that does not fit.
    """
    source = Source.of(path, name, profile_of(given).dialect, format_ or _format_of(path))
    dialect = found_dialect(source, now_s)
    beginning = read_beginning(Source.of(path, name, dialect, source.format), decoders)
    contract = _contract([table] if table else tables, beginning.columns, now_s)
    profile = proposed_profile(contract, source, beginning.columns, dialect.delimiter, given)
    return _tried(source, path, contract.table, now_s, beginning, profile, decoders, corrections)


def try_profile(
    path: Path | str,
    name: str,
    now_s: int,
    table: str,
    document: Mapping[str, Any],
    format_: FileFormat,
    decoders: Decoders | None = None,
    corrections: Corrections = MappingProxyType({}),
) -> Inspected:
    """Look at the beginning of a file as a profile's document reads it.

    Raises: FileRefused, BadInput for a profile that does not fit the table.
    """
    source = Source.of(path, name, profile_of(document).dialect, format_)
    beginning = read_beginning(source, decoders)
    return _tried(source, path, table, now_s, beginning, document, decoders, corrections)


def _format_of(path: Path | str) -> FileFormat | None:
    """The format of a local file whose name does not say it: by its first bytes."""
    if not isinstance(path, Path) or any(suffix.lower() in FORMATS for suffix in path.suffixes):
        return None
    with path.open("rb") as file:
        head = file.read(1_024)
    known = {form.label: form for form in FileFormat}.get(magic_of(head) or "")
    return known or (FileFormat.NDJSON if head.lstrip()[:1] == b"{" else FileFormat.CSV)


def found_dialect(source: Source, now_s: int) -> Dialect:
    """How a file is written: as it is said, and for CSV with the delimiter that its first lines show, if that is
    another one than its name says.
    """
    if source.dialect.delimiter or source.format is not FileFormat.CSV:
        return source.dialect
    return replace(source.dialect, delimiter=other_delimiter(source, _all_columns(now_s)) or _likely_delimiter(source))


def _all_columns(now_s: int) -> Wanted:
    return Wanted(frozenset().union(*(contract_for(table, now_s).names for table in TABLES)), rest=False)


def _likely_delimiter(source: Source) -> str | None:
    """The delimiter that the first lines show, if it is another one."""
    lines = source.head().decode(errors="replace").splitlines()[:20]
    best = most_even_delimiter(lines)
    return None if best == source.delimiter else best


def _contract(tables: Collection[str], columns: Mapping[str, Sequence[str]], now_s: int) -> Contract:
    """The contract of the table whose columns the file has most of."""
    contracts = [contract_for(one, now_s, hash_ids=True) for one in TABLES if one in tables]
    return min(contracts, key=lambda one: _lacking(one, columns))


def _lacking(contract: Contract, columns: Mapping[str, Sequence[str]]) -> tuple[int, int]:
    """How many required columns a file lacks, and, the more the less, how many it has of all. A fact's id can be made
    of others.
    """
    found = mapped(contract, columns)
    known = {found.get(name, name) for name in columns} & contract.names
    made = {"id"} if contract.person == "user_id" else set()
    return len(contract.missing(frozenset(known | made))), -len(known)


def _tried(
    source: Source,
    path: Path | str,
    table: str,
    now_s: int,
    beginning: Beginning,
    document: Mapping[str, Any],
    decoders: Decoders | None,
    corrections: Corrections,
) -> Inspected:
    """What becomes of the first rows of a file by a profile."""
    contract = contract_for(table, now_s, hash_ids=bool(document.get("hash_ids")))
    options = Options(profile_of(document), format=source.format, corrections=corrections)
    wanted = options.wanted(contract)
    read = Source.of(path, source.name, options.profile.dialect, source.format)
    # The same rows again, however large.
    most = len(beginning.rows)
    good, problems, looked_at, refused = 0, list[Problem](), 0, ""
    with open_rows(read, wanted, decoders) as rows:
        names = rows.names
        refuse_unknown_corrections(read, options, names)
        try:
            refuse_wrong_types(read, contract, options, rows.types)
        except FileRefused as error:
            refused = error.reason
        for raw in () if refused else rows.batches:
            names = (names or frozenset()) | raw.named
            part = raw.slice(0, most - looked_at)
            checked = each_alone(_validating(options), contract, part)
            good += checked.batch.num_rows
            problems += checked.problems
            looked_at += len(part)
            if looked_at >= most:
                break
    missing = tuple(contract.missing(options.known(names or frozenset(), wanted)))
    problems = [] if missing else sorted(problems, key=lambda one: one.number)
    return Inspected(
        source.name,
        source.format,
        source.compression,
        source.encoding or "utf-8",
        beginning,
        table,
        dict(document),
        missing,
        0 if missing else good,
        len(problems),
        tuple(problems[:MOST_PROBLEMS]),
        refused,
    )


def _validating(options: Options) -> Callable[[Contract, RawRows], Validated]:
    return lambda contract, rows: validate(contract, options.prepare(rows, contract))
