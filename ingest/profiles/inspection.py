"""What a file seems to be: its format and dialect, its table, and how its columns become ours.

Only the beginning is read. What is proposed is a profile, for a person to look at: nothing is loaded by it until it is
named.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from ingest.files.dialect import Dialect
from ingest.files.file_format import FileFormat
from ingest.loading.failure_boundaries import each_alone
from ingest.loading.options import Options
from ingest.loading.refusals import refuse_wrong_types
from ingest.problems import FileRefused, Problem
from ingest.profiles.beginning import Beginning, read_beginning
from ingest.profiles.profile import JSON, profile_of
from ingest.readers import Decoders, RawRows, Source, open_rows
from ingest.readers.csv_delimiter import most_even_delimiter
from ingest.readers.csv_header import other_delimiter
from ingest.readers.input_file import FORMATS, magic_of
from ingest.readers.rows import Wanted
from ingest.rows.column_hints import proposed_map
from ingest.rows.contract import Column, Contract, contract_for
from ingest.rows.units import UNITS
from ingest.rows.validation import Validated, validate
from ingest.value_kinds import Date, HashedId, Instant, Scaled, Whole
from ingest.value_kinds.plain_columns import plain
from warehouse import ids
from warehouse.model.tables import TABLES

MOST_BAD = 5
# Problems that are kept with what a file seems to be.
MOST_PROBLEMS = 100
NULLS = ("\\N", "NULL", "null", "None", "NA", "N/A", "nan", "NaN", "-")
# Days first, before months first: a day beyond 12 decides.
DATE_FORMATS = (
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y",
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%d %H:%M:%S %z",
    "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%d/%b/%Y:%H:%M:%S %z", "%a, %d %b %Y %H:%M:%S %z",
    "%a %b %d %H:%M:%S %Y",
)  # fmt: skip
SEPARATORS = (",", ";", "/")


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
) -> Inspected:
    """Look at the beginning of a file, and propose a profile for it: what is `given` of its document stays. Without a
    `table` it is for the one of the `tables` whose columns it has most of.

    Raises: FileRefused for one that can't be read at all; BadInput for something given that does not fit.
    """
    source = Source.of(path, name, profile_of(given).dialect, format_ or _format_of(path))
    dialect = found_dialect(source, now_s)
    beginning = read_beginning(Source.of(path, name, dialect, source.format), decoders)
    contract = _contract([table] if table else tables, beginning.columns, now_s)
    profile = _profile(contract, source, beginning.columns, dialect.delimiter, given)
    return _tried(source, path, contract.table, now_s, beginning, profile, decoders)


def try_profile(
    path: Path | str,
    name: str,
    now_s: int,
    table: str,
    document: Mapping[str, Any],
    format_: FileFormat,
    decoders: Decoders | None = None,
) -> Inspected:
    """Look at the beginning of a file as a profile's document reads it.

    Raises: FileRefused, BadInput for a profile that does not fit the table.
    """
    source = Source.of(path, name, profile_of(document).dialect, format_)
    beginning = read_beginning(source, decoders)
    return _tried(source, path, table, now_s, beginning, document, decoders)


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
    found = _mapped(contract, columns)
    known = {found.get(name, name) for name in columns} & contract.names
    made = {"id"} if contract.person == "user_id" else set()
    return len(contract.missing(frozenset(known | made))), -len(known)


def _mapped(contract: Contract, columns: Mapping[str, Sequence[str]]) -> dict[str, str]:
    targets = [column.name for column in contract.columns if column.name not in columns]
    return proposed_map(contract, list(columns), targets)


def _profile(
    contract: Contract,
    source: Source,
    columns: Mapping[str, Sequence[str]],
    delimiter: str | None,
    given: Mapping[str, Any],
) -> dict[str, Any]:
    document: dict[str, Any] = {"table": contract.table, "format": source.format.value}
    if delimiter is not None:
        document["delimiter"] = delimiter
    found = {text for texts in columns.values() for text in texts}
    nulls = [text for text in NULLS if text in found]
    if nulls:
        document["nulls"] = nulls
    # Tables by column are added to.
    document |= deepcopy(dict(given))
    nulls = document.get("nulls", [])
    renamed = document["map"] if "map" in given else _mapped(contract, columns)
    names = {target: source for source, target in renamed.items()}
    for column in contract.columns:
        if not any(column.name in given.get(key, ()) for key in ("dates", "units", "separators")):
            texts = [text for text in columns.get(names.get(column.name, column.name), ()) if text not in nulls]
            _tell(document, column, texts)
    if renamed:
        document["map"] = renamed
    made = [] if "ids" in given else _id_of(contract, columns, names)
    if made:
        document["ids"] = {"id": made}
    return document


def _id_of(contract: Contract, columns: Mapping[str, Sequence[str]], names: Mapping[str, str]) -> list[str]:
    """The file's columns that tell a row of a fact from others, if it has no id of its own."""
    if contract.person != "user_id" or {"id", names.get("id")} & columns.keys():
        return []
    telling = ("user_id", "movie_id", *(one.name for one in contract.columns if isinstance(one.kind, Instant)))
    parts = [names.get(name, name) for name in telling]
    return parts if all(part in columns for part in parts) else []


def _tell(document: dict[str, Any], column: Column, texts: Sequence[str]) -> None:
    """Add what a column's cells show to a profile."""
    kind = column.kind
    if not texts:
        return
    if isinstance(kind, Instant | Date) and _bad(column, texts):
        fit = next((form for form in DATE_FORMATS if _fits(form, texts)), None)
        if fit:
            document.setdefault("dates", {})[column.name] = [fit]
    elif isinstance(kind, Scaled | Whole):
        _tell_unit(document, column, texts)
    elif column.name == "genres":
        separator = _separator(texts)
        if separator:
            document.setdefault("separators", {})["genres"] = separator
    elif isinstance(kind, HashedId) and not all(map(_is_id, texts)):
        document.setdefault("hash_ids", True)


def _is_id(text: str) -> bool:
    return ids.parse(text.strip()) is not None


def _tell_unit(document: dict[str, Any], column: Column, texts: Sequence[str]) -> None:
    if all("," in text or text.isdigit() for text in texts) and any("," in text for text in texts):
        document["decimal"] = ","
        texts = [text.replace(".", "").replace(",", ".") for text in texts]
    if not _bad(column, texts):
        return
    for name, unit in UNITS.items():
        if column.name not in unit.columns:
            continue
        numbers = [unit.convert(text.strip()) for text in texts]
        told = [format(one, "f") for one in numbers if one is not None]
        if len(told) == len(texts) and not _bad(column, told):
            document.setdefault("units", {})[column.name] = name
            return


def _separator(texts: Sequence[str]) -> str | None:
    if all(text.lstrip().startswith("[") for text in texts):
        return JSON
    if any("|" in text for text in texts):
        return None
    return next((sign for sign in SEPARATORS if any(sign in text for text in texts)), None)


def _bad(column: Column, texts: Sequence[str]) -> bool:
    """Whether the column's kind can't read a tenth of the texts."""
    read = column.kind.read(plain(pa.array(texts, pa.string())).values)
    return bool(read.bad.sum() * 10 > len(texts))


def _fits(form: str, texts: Sequence[str]) -> bool:
    for text in texts:
        try:
            datetime.strptime(text.strip(), form)  # noqa: DTZ007 - only whether it can be read counts
        except ValueError:
            return False
    return True


def _tried(
    source: Source,
    path: Path | str,
    table: str,
    now_s: int,
    beginning: Beginning,
    document: Mapping[str, Any],
    decoders: Decoders | None,
) -> Inspected:
    """What becomes of the first rows of a file by a profile."""
    contract = contract_for(table, now_s, hash_ids=bool(document.get("hash_ids")))
    options = Options(profile_of(document), format=source.format)
    wanted = options.wanted(contract)
    read = Source.of(path, source.name, options.profile.dialect, source.format)
    # The same rows again, however large.
    most = len(beginning.rows)
    good, problems, looked_at, refused = 0, list[Problem](), 0, ""
    with open_rows(read, wanted, decoders) as rows:
        names = rows.names
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
