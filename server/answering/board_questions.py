"""Questions that boards keep, as the address of Explore has them: what one asks under the view that a page gives.

They are read as Explore reads them (`client/src/explore/question.ts`): what is unknown is left out.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

import orjson

from server.answering.questions_in_parameters import Question, parsed_json
from server.answering.request import GraphQLRequest
from warehouse.errors import BadInput, Forbidden

VIEW = ("range", "timeZone", "compareTo", "where")
"""What the page chooses: the rest is the question's."""

_FILTERS = ("country", "device", "genre", "quality", "subscription", "ageBand")
_STEPS = ("HOUR", "DAY", "WEEK", "MONTH")
# They are few and have an order, so all of them are kept.
_WHOLE = (*_STEPS, "HOUR_OF_DAY", "DAY_OF_WEEK")
_OF_VALUES = (
    "MOVIE",
    "GENRE",
    "DIRECTOR",
    "RELEASE_YEAR",
    "DEVICE",
    "QUALITY",
    "COUNTRY",
    "SUBSCRIPTION",
    "AGE_BAND",
    "GENDER",
)
_GROUPS = (*_WHOLE, *_OF_VALUES)
_MOST_GROUPS, _TOPS = 2, ("5", "10", "20")


def saved_question(board: Mapping[str, Any] | None, wanted: str) -> str:
    """The question, if the board has it.

    Raises: Forbidden otherwise.
    """
    if board is None or all(panel["question"] != wanted for panel in board["panels"]):
        raise Forbidden("There is no such question on a board that you may see.")
    return wanted


def board_request(viewing: Question, saved: str, view: Mapping[str, str]) -> GraphQLRequest:
    """The document of a saved question and its variables under a view: parameters of `/api/viewing`, by name.

    Raises: BadInput for a view that can be none.
    """
    unknown = sorted(set(view) - set(VIEW))
    if unknown:
        raise BadInput(f"A board's question has no parameter {unknown[0][:60]!r}. It has: {', '.join(VIEW)}.")
    asked = parse_qs(saved, keep_blank_values=True)
    by = [one for one in _listed(asked, "by", "DAY") if one in _GROUPS][:_MOST_GROUPS]
    measures = [one for one in _listed(asked, "measures", "") if one in viewing.measures] or ["views"]
    texts = {**view, "measures": ",".join(measures), "by": ",".join(by)}
    if any(one in _OF_VALUES for one in by):
        top = asked.get("top", [""])[0]
        texts["top"] = top if top in _TOPS else _TOPS[0]
    if any(one in _STEPS for one in by):
        texts["fill"] = "true"
    where = _both(_filters(asked), view.get("where"))
    return viewing.request({**texts, "where": orjson.dumps(where).decode()} if where else texts)


def _listed(asked: Mapping[str, Sequence[str]], name: str, default: str) -> list[str]:
    return [one for one in asked.get(name, [default])[0].split(",") if one]


def _filters(asked: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    given = {name: [one for one in asked.get(name, ()) if one] for name in _FILTERS}
    return {name: {"in": values} for name, values in given.items() if values}


def _both(own: dict[str, Any], text: str | None) -> Any:
    """The question's own filter and the page's, as JSON: rows that both choose."""
    given = None
    if text:
        given = parsed_json("where", text)
        if not isinstance(given, dict):
            raise BadInput(f'where is {text[:60]!r}, expected a filter as JSON: {{"country": {{"eq": "DE"}}}}.')
    if own and given:
        return {"and": [own, given]}
    return own or given
