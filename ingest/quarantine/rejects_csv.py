"""Quarantined rows as CSV: to be corrected and loaded again, with `--repairs`.

The columns are those of the contract, then the row's others; before them the row's number, its reason, what is wrong in
words, and its text if it could not be taken apart. Values that could be read are in the contract's units, others as the
source had them.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

from ingest.quarantine.explanations import explained
from ingest.rows.contract import REST, Contract
from ingest.value_kinds import Scaled
from warehouse.loads.quarantine import KeptAside

ROW = "_row"
REASON, EXPLANATION, ORIGINAL = "_reason", "_explanation", "_original"
# Rows that were good, and wait as the warehouse would store them.
_READ = frozenset({"UNKNOWN_USER", "UNKNOWN_MOVIE", "UNKNOWN_EXPERIMENT", "CONFLICT"})
_TORN = "BAD_ROW"


def to_csv(rows: Sequence[KeptAside], contract: Contract) -> str:
    """The rows, below a header."""
    cells = [cells_of(one, contract) for one in rows]
    own = [column.name for column in contract.columns]
    more = sorted({name for found in cells for name in found} - {*own, ORIGINAL})
    out = io.StringIO()
    writer = csv.DictWriter(out, [ROW, REASON, EXPLANATION, ORIGINAL, *own, *more], restval="", lineterminator="\n")
    writer.writeheader()
    for one, found in zip(rows, cells, strict=True):
        writer.writerow({ROW: one.row, REASON: one.reason, EXPLANATION: explained(one), **found})
    return out.getvalue()


def corrected_csv(rows: Mapping[int, Mapping[str, str]], contract: Contract) -> str:
    """Corrected rows, by their numbers, as a file that takes the place of quarantined ones."""
    own = [column.name for column in contract.columns]
    more = sorted({name for cells in rows.values() for name in cells} - {*own, ROW})
    out = io.StringIO()
    writer = csv.DictWriter(out, [ROW, *own, *more], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({**cells, ROW: row} for row, cells in rows.items())
    return out.getvalue()


def cells_of(one: KeptAside, contract: Contract) -> dict[str, str]:
    """The cells of a quarantined row, by column; its text alone, as `ORIGINAL`, where it could not be taken apart or
    was too long to be kept whole.
    """
    if one.reason == _TORN or one.original.endswith("…"):
        return {ORIGINAL: one.original}
    stored: dict[str, str | None] = json.loads(one.original) if one.original else {}
    if one.reason not in _READ:
        return {name: text for name, text in stored.items() if text is not None}
    found: dict[str, str] = json.loads(stored.get(REST) or "{}")
    for column in contract.columns:
        text = stored.get(column.target)
        if text is not None and isinstance(column.kind, Scaled):
            found[column.name] = format(Decimal(text).scaleb(-column.kind.digits), "f")
        elif text is not None:
            found[column.name] = text
    return found
