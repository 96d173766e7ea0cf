"""The profile that is proposed for a file: what its columns seem to mean."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from ingest.profiles.guessed_formats import NULLS, add_formats
from ingest.readers import Source
from ingest.rows.column_names import proposed_map
from ingest.rows.contract import Contract
from ingest.value_kinds import Instant


def proposed_profile(
    contract: Contract,
    source: Source,
    columns: Mapping[str, Sequence[str]],
    delimiter: str | None,
    given: Mapping[str, Any],
) -> dict[str, Any]:
    """The document of a profile for a file with these columns, given with their first texts; what is `given` of it
    stays."""
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
    renamed = document["map"] if "map" in given else mapped(contract, columns)
    names = {target: source for source, target in renamed.items()}
    for column in contract.columns:
        if not any(column.name in given.get(key, ()) for key in ("dates", "units", "separators")):
            texts = [text for text in columns.get(names.get(column.name, column.name), ()) if text not in nulls]
            add_formats(document, column, texts)
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


def mapped(contract: Contract, columns: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The names that a file's columns seem to have in the contract."""
    targets = [column.name for column in contract.columns if column.name not in columns]
    return proposed_map(contract, list(columns), targets)
