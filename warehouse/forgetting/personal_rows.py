"""Where a person's rows are, and how many. Films, charts, models and the ledger of loads hold none."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from warehouse import ids
from warehouse.engine.engine import Engine
from warehouse.tables.rollup_tables import FACT
from warehouse.tables.shadow_tables import Removal, sent

# SQL of the text of a quarantined row that may name a person: the user, or all of a row that has no such column.
QUARANTINED_PERSON = "if(JSONHas(original, 'user_id'), JSONExtractRaw(original, 'user_id'), original)"

_THEIRS = "user_key IN {user_keys:Array(UInt32)}"

# The tables that hold people, in the order in which they are exchanged with their shadows. `users` and its versions
# come last: a repeated attempt still finds in them the names by which the person is known.
PERSONAL: Mapping[str, str] = MappingProxyType(
    {
        "rejected_rows": f"match({QUARANTINED_PERSON}, {{named:String}})",
        FACT: _THEIRS,
        "ratings": _THEIRS,
        "assignments": _THEIRS,
        f"{FACT}_undone": _THEIRS,
        "ratings_undone": _THEIRS,
        "assignments_undone": _THEIRS,
        **dict.fromkeys(("user_patterns", "user_recommendations", "user_churn"), _THEIRS),
        "users_versions": _THEIRS,
        "users": _THEIRS,
    }
)

# Deleted rows of a dead load or undo stay in their parts until these are merged, so whole tables are rewritten.
_WHOLE = frozenset(
    {"rejected_rows", f"{FACT}_undone", "ratings_undone", "assignments_undone", "users_versions", "users"}
)


@dataclass(frozen=True)
class Person:
    """A person: the source's id, the dense key (0: no row of theirs was ever loaded), and the names they had."""

    user_id: int
    user_key: int
    names: tuple[str, ...]


def parameters_of(people: Sequence[Person]) -> Mapping[str, Any]:
    """The parameters of the conditions in PERSONAL, for the rows of any of these people."""
    return {"user_keys": [one.user_key for one in people], "named": _pattern(people)}


def _pattern(people: Sequence[Person]) -> str:
    """Matches a text that has an id, with leading zeros or not, or a name, as a whole word and in any case."""
    words = "|".join(re.escape(word) for one in people for word in (ids.to_text(one.user_id), *one.names))
    return rf"(?i)(^|[^\pL\pN])0*(?:{words})($|[^\pL\pN])"


def find_person(engine: Engine, user_id: int, versions: str = "users_versions") -> Person:
    """The person with an id of the source; `versions` is where all versions of users are."""
    found = engine.query(
        f"SELECT max(user_key), groupUniqArrayArray([username, email]) FROM {versions} WHERE id = {{id:UInt128}}",
        {"id": user_id},
    )
    user_key, names = found.rows[0]
    return Person(user_id, user_key, tuple(sorted(filter(None, names))))


def count_rows(engine: Engine, person: Person) -> dict[str, int]:
    """How many rows each table has of a person; tables without any are left out."""
    counted = {
        table: engine.query(f"SELECT count() FROM {table} WHERE {test}", sent(parameters_of([person]), test)).scalar()
        for table, test in PERSONAL.items()
    }
    return {table: rows for table, rows in counted.items() if rows}


def removal_of(person: Person, months: Sequence[str]) -> Removal:
    """What to leave out for a person; `months` are those whose rollups count them."""
    return Removal(PERSONAL, parameters_of([person]), months, _WHOLE)
