"""Profiles: how the files of one tool are read, as `profiles/NAME.toml` says it.

A profile names the contract's columns by the file's, and says how their cells are written. What it leaves out is read
as without a profile. `docs/ingest.md` lists the keys.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest.files.dialect import QUOTE, Dialect, checked
from ingest.files.file_format import FileFormat
from ingest.problems import WrongProfile
from ingest.readable_names import cut, listed
from ingest.rows.contract import Contract
from ingest.rows.units import UNITS
from warehouse.errors import descriptors_ran_out, is_out_of_descriptors
from warehouse.model.tables import TABLES

SHIPPED = Path(__file__).parent
SUFFIX = ".toml"
JSON = "json"
# Columns whose values make one id.
MOST_ID_PARTS = 8
_TEXT = "a text"
_TEXTS = "a list of texts"
_BY_COLUMN = "a table of texts by column"
_LISTS_BY_COLUMN = "a table of lists of texts by column"


@dataclass(frozen=True, slots=True)
class Profile:
    """`renamed` maps columns of the file to the contract's. All others are by the contract's: formats of `dates`, the
    `units` of numbers, what separates the texts of a list (`json` for JSON), the file's columns whose values together
    make an `ids`, and `constants`. Cells that are one of the `nulls` are empty.
    """

    table: str = ""
    format: FileFormat | None = None
    dialect: Dialect = field(default_factory=Dialect)
    renamed: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    nulls: frozenset[str] = frozenset()
    decimal: str = "."
    dates: Mapping[str, Sequence[str]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    separators: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, Sequence[str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    hashes_ids: bool = False

    def check_table(self, table: str) -> None:
        """Raises: WrongProfile if it is of another table."""
        if self.table not in ("", table):
            raise WrongProfile(f"the profile is of {self.table}, not of {table}")

    def check(self, contract: Contract) -> None:
        """Raises: WrongProfile if it names a column that its table lacks."""
        numbers = {name for unit in UNITS.values() for name in unit.columns}
        for key, named, fit in (
            ("map", self.renamed.values(), contract.names),
            ("dates", self.dates, contract.names),
            ("units", self.units, contract.names & numbers),
            ("separators", self.separators, contract.lists),
            ("ids", self.ids, {one.name for one in contract.columns if one.kind == contract.columns[0].kind}),
            ("constants", self.constants, contract.names),
        ):
            strange = sorted(set(named) - fit)
            if strange:
                raise WrongProfile(f"{key} names {strange[0]!r}; of {contract.table} it may name {listed(sorted(fit))}")
        for name, unit in self.units.items():
            if name not in UNITS[unit].columns:
                fit = {one for one, known in UNITS.items() if name in known.columns}
                raise WrongProfile(f"units says {name} is in {unit}, expected one of {listed(sorted(fit))}")


def profile_of(document: Mapping[str, Any]) -> Profile:
    """A profile from its TOML document.

    Raises: WrongProfile (BadInput) for an unknown key or an invalid value.
    """
    given = dict(document)
    take = _Taker(given)
    quote = take.text("quote", QUOTE) or None
    header = take.texts("header")
    delimiter = take.text("delimiter", "") or None
    dialect = Dialect(
        {"tab": "\t", "\\t": "\t"}.get(delimiter or "", delimiter),
        quote,
        take.text("escape", "") or None,
        take.text("encoding", "") or None,
        tuple(header) or None,
    )
    profile = Profile(
        table=take.one_of("table", TABLES, ""),
        format=_format(take.one_of("format", list(FileFormat), "")),
        dialect=checked(dialect),
        renamed=take.by_column("map"),
        left_out=frozenset(take.texts("leave_out")),
        nulls=frozenset(take.texts("nulls")),
        decimal=take.one_of("decimal", (".", ","), "."),
        dates=take.lists_by_column("dates"),
        units=take.by_column("units"),
        separators=take.by_column("separators"),
        ids=take.lists_by_column("ids"),
        constants=take.by_column("constants"),
        hashes_ids=take.truth("hash_ids"),
    )
    _check_values(profile)
    if given:
        raise WrongProfile(f"a profile has no key {min(given)!r}; keys: {', '.join(sorted(take.known))}")
    unknown = sorted(set(profile.units.values()) - UNITS.keys())
    if unknown:
        raise WrongProfile(f"units says {unknown[0]!r}, expected one of {', '.join(UNITS)}")
    return profile


def _check_values(profile: Profile) -> None:
    """Raises: WrongProfile for values by which nothing could be read."""
    twice = [target for target, count in Counter(profile.renamed.values()).items() if count > 1]
    if twice:
        raise WrongProfile(f"map names {cut(repr(twice[0]))} more than once")
    for column, separator in profile.separators.items():
        if not separator:
            raise WrongProfile(f"separators has an empty text for {cut(repr(column))}")
    for target, names in profile.ids.items():
        _check_id_parts(target, names)
    for form in (form for forms in profile.dates.values() for form in forms):
        try:
            datetime.strptime("", form)  # noqa: DTZ007 - only whether it is a format counts
        except ValueError:
            continue  # that is none of the empty text
        except re.error as error:
            raise WrongProfile(f"dates has the format {cut(repr(form))}, which names a part twice") from error


def _check_id_parts(target: str, names: Sequence[str]) -> None:
    """Raises: WrongProfile for no columns, too many, and one named twice: each adds its values to every row."""
    if not 0 < len(names) <= MOST_ID_PARTS:
        raise WrongProfile(f"ids names {len(names):,} columns for {cut(target)}, expected 1 to {MOST_ID_PARTS}")
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise WrongProfile(f"ids names {cut(repr(twice[0]))} more than once for {cut(target)}")


def read_profile(name: str, folder: Path) -> dict[str, Any]:
    """The document of a profile: of `folder` by its name, else of those that Marquee brings.

    Raises: WrongProfile (BadInput) for an unknown name, and for a malformed TOML file; Overloaded if no file can be
    opened.
    """
    names = (*names_in(folder), *names_in(SHIPPED))
    if name not in names:
        raise WrongProfile(f"there is no profile {cut(repr(name))}; profiles: {', '.join(sorted(set(names)))}")
    own = folder / f"{name}{SUFFIX}"
    path = own if own.is_file() else SHIPPED / own.name
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        if is_out_of_descriptors(error):
            raise descriptors_ran_out() from error
        raise WrongProfile(f"the profile {name} can't be read: {str(error)[:200]}") from error


def names_in(folder: Path) -> list[str]:
    """The profiles of a folder, by name."""
    return sorted(one.stem for one in folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []


class _Taker:
    """Takes keys out of a document, each of its type."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given
        self.known: set[str] = set()

    def text(self, key: str, otherwise: str) -> str:
        found = self._take(key, otherwise)
        return found if isinstance(found, str) else self._wrong(key, _TEXT)

    def one_of(self, key: str, allowed: Sequence[str], otherwise: str) -> str:
        found = self.text(key, otherwise)
        return found if found in (*allowed, otherwise) else self._wrong(key, f"one of {', '.join(allowed)}")

    def truth(self, key: str) -> bool:
        found = self._take(key, False)
        return found if isinstance(found, bool) else self._wrong(key, "true or false")

    def texts(self, key: str) -> list[str]:
        found: list[str] = self._take(key, [])
        return found if _are_texts(found) else list(self._wrong(key, _TEXTS))

    def by_column(self, key: str) -> dict[str, str]:
        found: Any = self._take(key, {})
        is_right = isinstance(found, dict) and all(isinstance(value, str) for value in found.values())
        return found if is_right else dict(self._wrong(key, _BY_COLUMN))

    def lists_by_column(self, key: str) -> dict[str, list[str]]:
        found = self._take(key, {})
        is_right = isinstance(found, dict) and all(map(_are_texts, found.values()))
        lists: dict[str, list[str]] = found if is_right else self._wrong(key, _LISTS_BY_COLUMN)
        return lists

    def _take(self, key: str, otherwise: Any) -> Any:
        self.known.add(key)
        return self._given.pop(key, otherwise)

    def _wrong(self, key: str, expected: str) -> Any:
        raise WrongProfile(f"{key} is not {expected}")


def _are_texts(found: object) -> bool:
    return isinstance(found, list) and all(isinstance(one, str) for one in found)


def _format(name: str) -> FileFormat | None:
    return FileFormat(name) if name else None
