"""The columns that a file has under other names: synonyms, near spellings, and what to try where one is missing."""

import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches

from ingest.readable_names import plain_or_shown
from ingest.rows.contract import Contract

# What other tools call the contract's columns, as `_bare` makes it, separated by blanks.
_SYNONYMS: Mapping[str, str] = {
    "user_id": "user userid viewer viewerid person personid customerid accountid profileid",
    "movie_id": "movie movieid film filmid titleid itemid contentid assetid tconst",
    "watch_duration_minutes": "minutes duration watched watchtime watchduration seconds playtime",
    "id": "identifier key uuid guid number",
    "start_time": "start started startedat watchedat timestamp time date begin",
    "completion_rate": "completion progress percent percentage completed",
    "device_type": "device devicetype platform",
    "buffering_count": "buffering stalls rebuffers",
    "rating": "stars score yourrating ratedscore",
    "rating_date": "ratedat daterated timestamp date time created",
    "review_text": "review comment text",
    "title": "name movie film movietitle primarytitle",
    "genres": "genre categories",
    "duration": "runtime runtimeminutes runtimemins length minutes",
    "release_date": "released year startyear releaseyear date",
    "director": "directors directedby",
    "username": "user name login nick profilename",
    "email": "mail emailaddress",
    "country": "countrycode region",
    "subscription": "plan tier",
    "gender": "sex",
    "experiment_id": "experiment experimentid test testid experimentkey testkey",
    "variant": "arm group variation bucket treatment variationid variantid",
    "exposed_at": "exposuretime exposed assignedat timestamp time date",
    "control": "baseline controlvariant controlgroup",
    "shares": "weights allocation split variants",
    "end_time": "end ended endedat stop stopped",
}
# Of an id in the table itself.
_OWN_IDS: Mapping[str, str] = {
    "movies": "movieid filmid tconst const imdbid tmdbid",
    "users": "userid viewerid accountid",
    "viewing_sessions": "sessionid viewid playid",
    "ratings": "ratingid",
    "experiments": "experimentid testid experimentkey testkey",
    "assignments": "assignmentid exposureid",
}
_LEAST_LIKENESS = 0.75


def proposed_map(contract: Contract, names: Collection[str], targets: Collection[str]) -> dict[str, str]:
    """Columns of the file that may be the contract's `targets`, each once: the same but for case and signs, of another
    name that tools give it, or nearly written so.
    """
    free = {_bare(name): name for name in sorted(names, reverse=True) if name not in contract.names}
    found: dict[str, str] = {}
    for ways in (_same, _called, _like):
        for target in targets:
            if target not in found.values() and (bare := ways(contract, target, free)):
                found[free.pop(bare)] = target
    return found


def nearest(name: str, names: Collection[str]) -> str | None:
    """The one of the names that was most likely meant."""
    close = get_close_matches(_bare(name), [_bare(one) for one in names], 1, _LEAST_LIKENESS)
    return next((one for one in names if close and _bare(one) == close[0]), None)


def told(renamed: Mapping[str, str]) -> str:
    """Options of the command that map columns so."""
    return " ".join(f"--map {plain_or_shown(source)}={target}" for source, target in renamed.items())


def _same(contract: Contract, target: str, free: Mapping[str, str]) -> str | None:  # noqa: ARG001 - one of the ways
    return _bare(target) if _bare(target) in free else None


def _called(contract: Contract, target: str, free: Mapping[str, str]) -> str | None:
    also = _OWN_IDS[contract.table] if target == "id" else ""
    called = [*_SYNONYMS.get(target, "").split(), *also.split()]
    return next((bare for bare in free if bare in called), None)


def _like(contract: Contract, target: str, free: Mapping[str, str]) -> str | None:  # noqa: ARG001 - one of the ways
    close: Sequence[str] = get_close_matches(_bare(target), list(free), 1, _LEAST_LIKENESS)
    return close[0] if close else None


def _bare(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())
