"""Probes: what a curious asker would send to learn of values that it may not see: every operation, filter, sort, page,
group, error and plan, with guesses of what is hidden.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from random import Random
from typing import Any
from urllib.parse import urlencode

from server.answering.published_operations import published
from server.export.answer_format import AnswerFormat
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.facts import FACTS
from warehouse.model.measures import measures_of

Probe = tuple[str, dict[str, Any]]

_USER_FIELDS = ("ID", "USERNAME", "EMAIL", "COUNTRY", "SUBSCRIPTION", "AGE", "GENDER", "VIEWS", "WATCH_HOURS")
_MOVIE_FIELDS = ("ID", "TITLE", "RELEASE_DATE", "AVERAGE_RATING", "VIEWS")
_TEXTS = ("username", "email", "country", "subscription", "ageBand", "gender")
_NODE = "id sourceId username email country subscription age gender views watchHours"
_PLAN = "{ source rejected { rollup reason } rowsRead bytesRead elapsedMs sql }"
_ZONES = ("UTC", "Asia/Kolkata", "America/New_York")
_RANGES: tuple[Any, ...] = (
    None,
    {"last": "P7D"},
    {"last": "P1M"},
    {"from": "2026-03-02", "to": "2026-03-20"},
    {"from": "2026-03-02T01:15:00Z", "to": "2026-03-19T22:00:00Z"},
)
_FIXED = (
    "{ viewer { role permissions masks { type field strategy } scope { name values } attributes } }",
    "{ metrics { measures { name dimensions } dimensions { name mask hasValues } } }",
    "{ rankings { rank movie { title } } }",
    '{ rankings(by: COUNTRY, value: "DE") { rank } }',
    '{ rankings(by: GENRE, value: "Drama") { rank } }',
    '{ viewing { rows(attributes: ["secret"]) { attribute(path: "secret") views } } }',
    '{ viewing(where: {attribute: {path: "nothing", eq: "x"}}) { totals { views } } }',
    "{ viewing { rows(by: [MOVIE]) { movie { id: sourceId title averageRating views } views } } }",
    "{ topMovies(limit: 100, orderBy: VIEWERS) { rank movie { id: sourceId title averageRating } views viewers } }",
    "{ dashboard(compareTo: PREVIOUS_PERIOD) { users viewers views previous { views } } }",
    '{ nodes(ids: ["Movie:1", "User:1001", "User:1019", "Rating:3", "Movie:101", "User:1101", "x", '
    '"Board:1", "Alert:1", "AlertEvent:1:1", "Report:1", "PipelineRun:1", "IssuedToken:1", "AuditRecord:1"]) '
    "{ __typename id ... on User { username email age gender } ... on Movie { title views } "
    "... on Rating { reviewText } } }",
    "{ users(last: 5, orderBy: {field: EMAIL}) { pageInfo { hasPreviousPage startCursor } nodes { id email } } }",
    "{ users(first: 100000) { totalCount } }",
    '{ users(after: "x") { totalCount } }',
    '{ viewing(asOf: "2001-01-01") { totals { views } } }',
    '{ viewing(asOf: "2100-01-01") { totals { views viewers } } }',
    "{ experiments { id name start control shares { variant } } }",
    '{ experiment(id: "1", metrics: [VIEWS, AVERAGE_RATING], segmentBy: COUNTRY) { spread { variant people } '
    "segments { segment variants { variant people value } } } }",
    "{ experimentPower(metric: WATCH_HOURS, change: 0.1) { people value deviation peopleEach detectableChange } }",
    "{ experimentPower(metric: NEW_VIEWERS, change: 0.1) { people value deviation peopleEach detectableChange } }",
    '{ experimentPower(metric: AVERAGE_RATING, change: 0.1, range: {from: "2026-03-02", to: "2026-03-20"}) '
    "{ people value deviation peopleEach detectableChange } }",
)

# Published operations of one film or user, and the variable that says which.
_IDENTIFIED = {"Movie": "id", "User": "id", "SimilarMovies": "id", "Recommendations": "userId"}
MISTAKEN = ("{ nothing }", "{ users { edges { node { password } } } }")
_INSIGHTS = (
    "retention(range: $r, timeZone: $z, where: $w, cohort: WEEK, periods: 2) "
    "{ start viewers complete returns { period start viewers share } }",
    "completionFunnel(range: $r, timeZone: $z, where: $w) { steps { reached views viewers share } unknownViews }",
    "concurrency(range: $r, timeZone: $z, where: $w, grain: DAY) { time peakViewers }",
    "stickiness(range: $r, timeZone: $z, where: $w) { day dailyViewers monthlyViewers stickiness }",
    "quality(range: $r, timeZone: $z, where: $w, by: COUNTRY) "
    "{ value views bufferingPerView bufferedShare bufferingP50 bufferingP95 bufferingP99 }",
)


def probes(chance: Random, guesses: Sequence[str], identities: Sequence[str]) -> Iterator[Probe]:
    """The requests, some drawn; `guesses` are values that may be hidden, `identities` ids that may be out of scope."""
    yield from ((document, {}) for document in (*_FIXED, *MISTAKEN))
    yield from (probe for insight in _INSIGHTS for probe in _insight(insight, chance, guesses))
    for operation in published().values():
        named = _IDENTIFIED.get(operation.name)
        for identity in chance.sample(identities, 2) if named else [None]:
            yield operation.document, {named: identity} if named else {}
    yield from (probe for identity in chance.sample(identities, 2) for probe in _computed(identity, chance, guesses))
    yield from (probe for identity in chance.sample(identities, 6) for probe in _single(identity))
    yield from (_search(field, guess, chance) for field in _TEXTS for guess in chance.choices(guesses, k=6))
    for field in _TEXTS[2:]:
        yield from (probe for guess in chance.sample(guesses, 2) for probe in _panels(field, guess))
    for slug in ("COUNTRY", "SUBSCRIPTION", "AGE_BAND", "GENDER", "DEVICE"):
        document = f"query ($s: String) {{ dimensionValues(field: {slug}, search: $s) {{ id value views }} }}"
        yield from ((document, {"s": guess}) for guess in (None, chance.choice(guesses)))
    for fact in ("viewing", "rating"):
        yield from ((_grouped(fact, (slug,), chance), {}) for slug in sorted(FACTS[fact].dimensions))
        for _ in range(12):
            groups = tuple(chance.sample(sorted(FACTS[fact].dimensions), chance.randrange(0, 4)))
            where = (
                {chance.choice(_TEXTS[2:]): any_test(chance, chance.choice(guesses))} if chance.random() < 0.6 else {}
            )
            kind = {"viewing": "ViewingFilter", "rating": "RatingFilter"}[fact]
            document = (
                f"query ($r: TimeRange, $z: TimeZone!, $w: {kind}) {_grouped(fact, groups, chance, '$r, $z, $w')}"
            )
            yield document, {"r": chance.choice(_RANGES), "z": chance.choice(_ZONES), "w": where}


def files(names: Sequence[str]) -> list[str]:
    """Paths of the files of published operations, in the formats by turns: each writes the answer that there is."""
    return [f"/api/{name}?format={kind}" for name, kind in zip(names, cycle(AnswerFormat), strict=False)]


def questions(chance: Random, guesses: Sequence[str]) -> list[str]:
    """Paths of questions in parameters."""
    found = []
    for slug in sorted(FACTS["viewing"].dimensions - {"attribute", "time"}):
        where = json.dumps({chance.choice(_TEXTS[2:]): any_test(chance, chance.choice(guesses))})
        asked = {"measures": "views,viewers", "by": _camel(slug), "last": "P1M", "top": "3", "where": where}
        found.append(f"/api/viewing?{urlencode(asked)}")
    return found


def calls(chance: Random, guesses: Sequence[str]) -> list[Probe]:
    """What assistants ask: tools and their arguments."""
    found: list[Probe] = [("list_metrics", {}), ("list_operations", {}), ("run_operation", {"name": "Users"})]
    for slug in sorted(FACTS["viewing"].dimensions - {"attribute", "time"}):
        where = {chance.choice(_TEXTS[2:]): any_test(chance, chance.choice(guesses))}
        found.append(("look_up_values", {"dimension": _camel(slug), "contains": chance.choice(guesses)}))
        tool = chance.choice(("ask", "compare", "explain"))
        found.append((tool, {"measures": ["viewers"], "by": [_camel(slug)], "where": where}))
    return found


def walks(chance: Random) -> list[tuple[str, str]]:
    """Sorted lists to page through: (root field, document with `$after`)."""
    found = []
    for field, fields, node in (("users", _USER_FIELDS, _NODE), ("movies", _MOVIE_FIELDS, "id: sourceId title views")):
        for sort in fields:
            order = f"{{field: {sort}, direction: {chance.choice(('ASC', 'DESC'))}}}"
            found.append((field, _list(field, node, f", orderBy: {order}")))
    found.append(("ratings", _list("ratings", "id: sourceId rating reviewText ratingDate movie { id: sourceId }", "")))
    return found


def _insight(field: str, chance: Random, guesses: Sequence[str]) -> Iterator[Probe]:
    """An insight of all that there is, and of what a hidden value would choose."""
    document = f"query ($r: TimeRange, $z: TimeZone!, $w: ViewingFilter) {{ {field} }}"
    for where in (None, {"not": {chance.choice(_TEXTS[2:]): {"in": chance.sample(guesses, 3)}}}):
        yield document, {"r": chance.choice(_RANGES), "z": chance.choice(_ZONES), "w": where}


def _computed(identity: str, chance: Random, guesses: Sequence[str]) -> Iterator[Probe]:
    """What jobs computed, of one film or user, and by a hidden value."""
    by = chance.choice(("ALL", "COUNTRY", "AGE_BAND"))
    for field in (
        f"viewingPatterns(by: {by}, userId: $i) {{ value viewers views }}",
        "recommendations(userId: $i) { rank score movie { id: sourceId views } }",
        "similarMovies(id: $i, limit: 3) { rank similarity movie { id: sourceId averageRating } }",
    ):
        yield f"query ($i: ID!) {{ {field} }}", {"i": identity}
    for field in (
        "qualityAlerts(country: $v) { start device country views bufferingPerView usual }",
        "forecast(genre: $v) { genre day views low high byModel }",
    ):
        yield f"query ($v: String) {{ {field} }}", {"v": chance.choice(guesses)}
    for by in ("COUNTRY", "SUBSCRIPTION", "AGE_BAND"):
        yield f"{{ viewingPatterns(by: {by}) {{ value viewers visits minutesPerVisit longestBinge }} }}", {}
    yield f"{{ churnRisk(limit: 5) {{ probability user {{ {_NODE} }} features {{ name value importance }} }} }}", {}
    for field in ("churnCalibration { predicted observed users }", "modelReports { metric model rows }"):
        yield f"{{ {field} }}", {}


def _list(field: str, node: str, more: str) -> str:
    return (
        f"query ($after: String) {{ {field}(first: 7, after: $after{more}) {{ totalCount "
        f"pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} edges {{ cursor node {{ {node} }} }} }} }}"
    )


def _single(identity: str) -> Iterator[Probe]:
    for field, node in (("user", _NODE), ("movie", "id: sourceId title views averageRating")):
        yield f"query ($id: ID!) {{ {field}(id: $id) {{ {node} }} }}", {"id": identity}
    session = f"id startTime watchMinutes completion device movie {{ title genre }} user {{ {_NODE} }}"
    node = (
        f"{{ __typename id ... on User {{ {_NODE} }} ... on Rating {{ reviewText movie {{ title }} }} "
        f"... on Session {{ {session} }} }}"
    )
    walk = (
        f"{{ ... on User {{ recommendations {{ rank score movie {{ title }} }} patterns {{ viewers views }} "
        f"churnRisk {{ probability user {{ {_NODE} }} }} "
        f"sessions(last: 9) {{ totalCount pageInfo {{ startCursor hasPreviousPage }} "
        f"edges {{ cursor node {{ {session} }} }} }} "
        "ratings(first: 2) { totalCount pageInfo { endCursor } nodes { id reviewText rating movie { id } } } } "
        "... on Movie { similar { rank movie { views } } "
        "trend { day views viewers } ratings(last: 3) { totalCount nodes { id reviewText rating } } } }"
    )
    yield f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {walk} }}", {"ids": [f"User:{identity}", f"Movie:{identity}"]}
    for name in ("User", "Movie", "Rating", "Session"):
        yield f"query ($id: ID!) {{ node(id: $id) {node} }}", {"id": f"{name}:{identity}"}
    for name in ("Session", "Rating"):
        days = [f"{name}:2026-03-{day:02}:{identity}" for day in range(1, 32)]
        yield f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {node} }}", {"ids": days}


def any_test(chance: Random, guess: str) -> dict[str, Any]:
    """Any test of a text with a guess, or with a part of it."""
    start = chance.randrange(len(guess))
    part = guess[start : start + chance.randrange(1, 4)]
    name = chance.choice(("eq", "ne", "in", "notIn", "contains", "startsWith", "isNull"))
    values: Mapping[str, Any] = {"in": [guess], "notIn": [guess, "Unknown"], "isNull": chance.random() < 0.5}
    return {name: part if name in ("contains", "startsWith") else values.get(name, guess)}


def _search(field: str, guess: str, chance: Random) -> Probe:
    where: dict[str, Any] = {field: any_test(chance, guess)}
    document = f"query ($w: UserFilter) {{ users(where: $w) {{ totalCount edges {{ cursor node {{ {_NODE} }} }} }} }}"
    return document, {"w": where}


def _panels(field: str, guess: str) -> Iterator[Probe]:
    """One panel a document: of two fields that fail, the one that is told is the one that was quicker."""
    where = {"or": [{field: {"eq": guess}}, {"not": {field: {"in": [guess, "Unknown"]}}}]}
    for panel in (
        "dashboard(where: $w) { users views viewers averageRating }",
        "dailyTrends(where: $w) { day views viewers }",
        "countries(where: $w) { country users viewers }",
        "genres(where: $w) { genre views averageRating }",
    ):
        yield f"query ($w: ViewingFilter) {{ {panel} }}", {"w": where}


def _grouped(fact: str, groups: Sequence[str], chance: Random, given: str = "") -> str:
    """A document that groups by dimensions, with all measures or some, totals and plan."""
    arguments = dict(zip(("range", "timeZone", "where"), given.split(", "), strict=True)) if given else {}
    measures = [one.slug for one in measures_of(fact)]
    chosen = chance.sample(measures, chance.randrange(1, len(measures)))
    rows = {"by": f"[{', '.join(_by(slug) for slug in groups if slug != 'attribute')}]"}
    if "attribute" in groups:
        rows["attributes"] = '["secret"]'
    if chance.random() < 0.4:
        rows["orderBy"] = f"[{{field: {chance.choice(chosen).upper()}, direction: DESC}}]"
    if chance.random() < 0.3 and given:
        arguments["compareTo"] = "PREVIOUS_PERIOD"
    if chance.random() < 0.3:
        rows["limit"] = str(chance.randrange(1, 20))
    shown = " ".join(["id", *(_dimension(slug) for slug in groups), *map(_camel, chosen)])
    plan = rows | {"measures": f"[{', '.join(slug.upper() for slug in chosen)}]"}
    return (
        f"{{ {fact}{_written(arguments)} {{ id rows{_written(rows)} {{ {shown} }} "
        f"totals {{ id {' '.join(map(_camel, chosen))} }} plan{_written(plan)} {_PLAN} }} }}"
    )


def _written(arguments: Mapping[str, str]) -> str:
    return f"({', '.join(f'{name}: {value}' for name, value in arguments.items())})" if arguments else ""


def _by(slug: str) -> str:
    return "DAY" if slug == "time" else slug.upper()


def _dimension(slug: str) -> str:
    assert slug in DIMENSIONS
    return {
        "time": "time(grain: DAY)",
        "movie": "movie { id: sourceId title }",
        "attribute": 'attribute(path: "secret")',
    }.get(slug, _camel(slug))


def _camel(slug: str) -> str:
    first, *rest = slug.split("_")
    return first + "".join(part.capitalize() for part in rest)
