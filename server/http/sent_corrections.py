"""Corrected cells that a request sends beside a file: a JSON object, row's number → column → text, which is bounded,
because it is part of an address.
"""

import orjson

from ingest.readable_names import cut
from ingest.rows.corrections import Corrections
from server.strict_json import loaded
from warehouse.errors import BadInput

MOST_CHARACTERS = 8_000
MOST_ROWS = 100


def corrections_of(text: str) -> Corrections:
    """The corrections of the query parameter `corrections`; none for an empty one.

    Raises: BadInput.
    """
    if not text:
        return {}
    if len(text) > MOST_CHARACTERS:
        raise BadInput(f"The corrections have {len(text):,} characters, and at most {MOST_CHARACTERS:,} are read.")
    try:
        given = loaded(text.encode())
    except orjson.JSONDecodeError as error:
        raise BadInput(f"The corrections are not valid JSON: {error.msg} at character {error.pos}.") from error
    if not isinstance(given, dict):
        raise BadInput('The corrections are not a JSON object. Send {"3": {"age": "34"}}: row, column and text.')
    if len(given) > MOST_ROWS:
        raise BadInput(f"{len(given):,} rows are corrected, and at most {MOST_ROWS} can be. Correct the file instead.")
    return {_number(row): _cells(row, cells) for row, cells in given.items()}


def _number(row: str) -> int:
    if not (row.isascii() and row.isdigit() and 0 < len(row) < 16):
        raise BadInput(f"{cut(row)} among the corrections is not the number of a row.")
    return int(row)


def _cells(row: str, cells: object) -> dict[str, str]:
    if not isinstance(cells, dict) or not all(isinstance(text, str) for text in cells.values()):
        raise BadInput(f"The correction of row {row} is not an object of texts by column.")
    return cells
