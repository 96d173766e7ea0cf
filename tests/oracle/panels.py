"""The panels: the common questions, each with figures of several facts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.oracle.comparison import Comparison
from tests.oracle.facts import Row, Seen
from tests.oracle.filters import passes
from tests.oracle.measures import Group, change, figure
from tests.oracle.nodes import movie_node
from tests.oracle.ordering import ordered
from tests.oracle.ranges import Span, read_range
from tests.oracle.selections import Cell, below, cells, key, names, of_field

FACTS: Mapping[str, str] = {"averageRating": "rating", "users": "user"}
KEYS: Mapping[str, tuple[str, str]] = {
    "genres": ("genre", "genre"),
    "devices": ("device", "device"),
    "countries": ("country", "country"),
    "topMovies": ("movie", "movie"),
}
# Which facts' values there are, whatever is selected.
BESIDE: Mapping[str, Sequence[str]] = {"genre": ("rating",), "movie": ("rating",), "country": ("user",)}
DEFAULT_LIMITS: Mapping[str, int | None] = {"topMovies": 10}

Filtered = Mapping[str, Sequence[Row]]


def filtered(question: Cell, seen: Seen, span: Span) -> Filtered:
    """By fact: the rows of a time that pass the question's filter; users are of no time."""
    where = question.get("args", {}).get("where")
    return {
        fact: [row for row in seen.rows(fact) if (fact == "user" or row.at in span) and passes(where, fact, row, seen)]
        for fact in ("viewing", "rating", "user")
    }


def counted(name: str, rows: Filtered) -> Any:
    """A figure of a panel."""
    fact = FACTS.get(name, "viewing")
    if fact == "user":
        return len(rows[fact])
    return figure(name, Group(rows[fact], (), {}, 0))


def answer_dashboard(question: Cell, seen: Seen) -> dict[str, Any]:
    """`dashboard`."""
    args = question.get("args", {})
    span = read_range(args.get("range"), seen.clock, seen.newest())
    now, before = filtered(question, seen, span), None
    if args.get("compareTo"):
        before = filtered(question, seen, Comparison(args["compareTo"], span, seen.clock).past)

    def value(one: Cell) -> Any:
        if one["name"] not in ("previous", "change"):
            return counted(one["name"], now)
        if before is None:
            return None
        if one["name"] == "previous":
            return {key(inner): counted(inner["name"], before) for inner in cells(one)}
        return {key(inner): change(counted(inner["name"], now), counted(inner["name"], before)) for inner in cells(one)}

    return {key(one): value(one) for one in cells(question)}


def answer_daily(question: Cell, seen: Seen) -> list[dict[str, Any]]:
    """`dailyTrends`."""
    args = question.get("args", {})
    asked = {"last": f"P{args['days']}D"} if args.get("days") else args.get("range")
    span = read_range(asked, seen.clock, seen.newest())
    groups = _grouped(_sessions(question, seen, span), lambda row: seen.clock.local(row.at).date())
    return [
        _row(question, groups.get(day, _NONE), {"day": day.isoformat()})
        for day in seen.clock.days(span.start.at, span.end.at)
    ]


def answer_hourly(question: Cell, seen: Seen) -> list[dict[str, Any]]:
    """`hourlyTrends`."""
    span = read_range(question.get("args", {}).get("range"), seen.clock, seen.newest())
    groups = _grouped(_sessions(question, seen, span), lambda row: seen.clock.local(row.at).hour)
    return [_row(question, groups.get(hour, _NONE), {"hour": hour}) for hour in range(24)]


def answer_ranked(question: Cell, seen: Seen) -> list[dict[str, Any]]:
    """`genres`, `devices`, `countries` and `topMovies`."""
    args = question.get("args", {})
    dimension, label = KEYS[question["name"]]
    span = read_range(args.get("range"), seen.clock, seen.newest())
    by = of_field(args.get("orderBy", "VIEWS"))
    present = {"viewing", *BESIDE.get(dimension, ())}
    counts = {*present, *(FACTS.get(name, "viewing") for name in names(cells(question)))}
    rows = {fact: found if fact in counts else () for fact, found in filtered(question, seen, span).items()}
    groups = _grouped(rows, lambda row: seen.value(dimension, row))
    groups = {value: found for value, found in groups.items() if any(found[fact] for fact in present)}
    best = ordered(groups, [(lambda value: counted(by, groups[value]), True), (lambda value: value, False)])
    limit = args.get("limit", DEFAULT_LIMITS.get(question["name"]))
    answers = []
    for rank, value in enumerate(best[:limit], start=1):
        given = {label: value, "rank": rank}
        if label == "movie":
            given["movie"] = movie_node(value, below(cells(question), "movie"), seen)
        answers.append(_row(question, groups[value], given))
    return answers


def _sessions(question: Cell, seen: Seen, span: Span) -> Filtered:
    return {"viewing": filtered(question, seen, span)["viewing"]}


_NONE: Filtered = {"viewing": (), "rating": (), "user": ()}


def _grouped(rows: Filtered, value: Callable[[Row], Any]) -> dict[Any, dict[str, list[Row]]]:
    groups: dict[Any, dict[str, list[Row]]] = {}
    for fact, of_fact in rows.items():
        for row in of_fact:
            groups.setdefault(value(row), {"viewing": [], "rating": [], "user": []})[fact].append(row)
    return groups


def _row(question: Cell, rows: Filtered, given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key(one): given[one["name"]] if one["name"] in given else counted(one["name"], rows) for one in cells(question)
    }
