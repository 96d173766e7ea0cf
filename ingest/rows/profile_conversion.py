"""A file's columns as its profile says they are meant: under the contract's names, with its units and formats.

A cell that is not as the profile says stays as it is, so that validation reports what the file has.
"""

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from ingest.profiles.profile import JSON, Profile
from ingest.quarantine.original_rows import found_in
from ingest.readers.rows import RawRows
from ingest.rows.attributes import text_of
from ingest.rows.contract import Contract
from ingest.rows.joined_ids import joined_ids
from ingest.rows.units import converted
from ingest.value_kinds.plain_columns import plain
from ingest.value_kinds.texts import LONGEST_ITEM, MOST_ITEMS
from ingest.value_kinds.value_kind import nothing

_WITH_COMMA = re.compile(r"[+-]?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]+)?|[+-]?,[0-9]+")
# Signs by which a list as Python writes it may differ from JSON in more than the quotes around its texts.
_SIGNS = re.compile(r'["\\]')
# Longer than any list of genres, also of objects that say more than the names. Reading one as Python writes it takes
# much longer than reading JSON.
LONGEST_JSON, LONGEST_PYTHON = 262_144, 16_384
# Longer than any date.
LONGEST_DATE = 100
Change = Callable[[str], str | None]


def prepared(raw: RawRows, profile: Profile, contract: Contract) -> RawRows:
    """The rows under the contract's names."""
    columns = {name: _without_nulls(column, profile) for name, column in raw.columns.items()}
    gaps = dict(raw.gaps)
    found = {profile.renamed.get(name, name): column for name, column in columns.items()}
    lacking = {profile.renamed.get(name, name): gap for name, gap in gaps.items()}
    # What is read only to make an id of it is none of the row's columns.
    found = {name: column for name, column in found.items() if name in contract.names}
    for target, sources in profile.ids.items():
        if all(name in columns for name in sources):
            found[target] = joined_ids([columns[name] for name in sources])
            lacking[target] = nothing(len(raw))
    for target, value in profile.constants.items():
        found[target] = pa.array([value] * len(raw), pa.string())
        lacking[target] = nothing(len(raw))
    for name in found:
        for change in _changes(name, profile, contract.numbers):
            found[name] = _changed(found[name], change)
    for target, separator in profile.separators.items():
        if target in found:
            found[target] = _lists(found[target], separator)
    rest = [_rest(row, profile) for row in raw.rest] if raw.rest else None
    return replace(raw, columns=found, gaps=lacking, rest=rest)


def _changes(name: str, profile: Profile, numbers: frozenset[str]) -> list[Change]:
    changes: list[Change] = []
    if profile.decimal == "," and name in numbers:
        changes.append(_with_point)
    if name in profile.units:
        unit = profile.units[name]
        changes.append(lambda text: converted(name, unit, text))
    if name in profile.dates:
        changes.append(lambda text: _iso(text, profile.dates[name]))
    return changes


def _rest(row: Mapping[str, object], profile: Profile) -> Mapping[str, object]:
    return {name: value for name, value in row.items() if not (isinstance(value, str) and value in profile.nulls)}


def _without_nulls(column: pa.Array, profile: Profile) -> pa.Array:
    if not profile.nulls or not (pa.types.is_string(column.type) or pa.types.is_binary(column.type)):
        return column
    empty = pa.array([text.encode() for text in profile.nulls], pa.binary()).cast(column.type)
    return pc.if_else(pc.is_in(column, empty), pa.scalar(None, column.type), column)


def _changed(column: pa.Array, change: Change) -> pa.Array:
    """The column with each text changed, as texts; bytes that are no text stay, as bytes."""
    text = plain(column)
    if not pa.types.is_string(text.values.type):
        if pa.types.is_nested(text.values.type) or pa.types.is_temporal(text.values.type):
            return column
        written = [None if one is None else text_of(one) for one in found_in(text.values)]
        text = plain(pa.array(written, pa.string()))
    encoded = text.values.dictionary_encode()
    changed = pa.array([change(one) for one in encoded.dictionary.to_pylist()], pa.string()).take(encoded.indices)
    if not text.bad.any():
        return changed
    return pc.if_else(pa.array(text.bad), column.cast(pa.binary()), changed.cast(pa.binary()))


def _with_point(text: str) -> str:
    bare = text.strip()
    return bare.replace(".", "").replace(",", ".") if _WITH_COMMA.fullmatch(bare) else text


def _iso(text: str, formats: Sequence[str]) -> str:
    bare = text.strip()
    for one in formats if len(bare) <= LONGEST_DATE else ():
        try:
            found = datetime.strptime(bare, one)  # noqa: DTZ007 - without a zone it is UTC, below
        except ValueError:
            continue
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()
    return text


def _lists(column: pa.Array, separator: str) -> pa.Array:
    text = plain(column)
    if not pa.types.is_string(text.values.type) or text.bad.any():
        return column
    if separator != JSON:
        return _split(text.values, separator)
    encoded = text.values.dictionary_encode()
    found = pa.array(map(_of_json, encoded.dictionary.to_pylist()), pa.list_(pa.string()))
    return found.take(encoded.indices)


def _split(texts: pa.Array, separator: str) -> pa.Array:
    """The texts taken apart; one that is too long for any list is one item, which is too long, too."""
    long = pc.greater(pc.utf8_length(texts), MOST_ITEMS * (LONGEST_ITEM + len(separator)))
    if not pc.any(long).as_py():
        return pc.split_pattern(texts, separator)
    whole = pa.ListArray.from_arrays(pa.array(range(len(texts) + 1), pa.int32()), texts)
    return pc.if_else(long, whole, pc.split_pattern(pc.if_else(long, pa.scalar(None, pa.string()), texts), separator))


def _of_json(text: str) -> list[str]:
    """Texts, or the names of objects, of a JSON list, or of a list as Python writes it; what else stands there."""
    if len(text) > LONGEST_JSON:
        return [text]
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = _of_python(text)
    if isinstance(found, list):
        named = [one.get("name") if isinstance(one, dict) else one for one in found]
        names = [name for name in named if isinstance(name, str)]
        if len(names) == len(named):
            return names
    return [text]


def _of_python(text: str) -> object:
    # Most are JSON but for their quotes, and reading JSON takes a tenth of the time.
    if not _SIGNS.search(text):
        with suppress(orjson.JSONDecodeError):
            return orjson.loads(text.replace("'", '"'))
    try:
        return ast.literal_eval(text) if len(text) <= LONGEST_PYTHON else None
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None
