"""What is wrong with a quarantined row, in words."""

import json

from warehouse.loads.quarantine import KeptAside


def explained(row: KeptAside) -> str:
    """A sentence, without its full stop: the column, its value and what would fit, or what the row waits for."""
    if row.explanation:
        return row.explanation
    match row.reason:
        case "UNKNOWN_USER":
            return f"user_id is {_cell(row, 'user_id')}, which no loaded user has; load the user, and the row follows"
        case "UNKNOWN_MOVIE":
            return f"movie_id is {_cell(row, 'movie_id')}, which no loaded film has; load the film, and the row follows"
        case "UNKNOWN_EXPERIMENT":
            told = _cell(row, "experiment_id")
            return f"experiment_id is {told}, which no loaded experiment has; load the experiment, and the row follows"
        case "CONFLICT":
            return f"id is {_cell(row, 'id')}, which is stored with other content"
        case "FORGOTTEN":
            return "it belongs to a person who was forgotten, or may do so"
        case _:
            return ""


def _cell(row: KeptAside, name: str) -> str:
    stored: dict[str, str | None] = json.loads(row.original) if row.original else {}
    return repr(stored.get(name) or "")
