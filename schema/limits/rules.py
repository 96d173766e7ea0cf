"""All numbers for the limits and cost estimates of requests, in one place.

The bounds are the same for every role; ordinary requests stay far below them. Limits per role are in
`schema/access_policy.py`, the costs of root fields in `schema/root_fields.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from graphql import FieldNode, Node, SelectionNode


@dataclass(frozen=True)
class Bounds:
    """Bounds on a document's characters, tokens, nested brackets and expanded selection. `repeats` limits how often one
    response name may occur. `values` limits all values in the variables, `list_values` one `in`, `conditions` one
    filter.
    """

    characters: int = 20_000
    tokens: int = 2_000
    nesting: int = 50
    depth: int = 16
    fields: int = 300
    aliases: int = 60
    directives: int = 60
    repeats: int = 60
    introspected_lists: int = 3
    values: int = 20_000
    list_values: int = 1_000
    conditions: int = 200


BOUNDS = Bounds()

# Counting stops here: a few fragments that double each other expand to astronomical numbers.
MOST_COUNTED = 1_000_000


@dataclass(frozen=True)
class Rule:
    """One bound. A node's measure is `own` plus its children's measures combined by `together` (sum or maximum).
    `refusal` is the message, with placeholders for the allowed `most` and the `found` measure.
    """

    most: int
    own: Callable[[Node], int]
    together: Callable[[Iterable[int]], int]
    refusal: str


def greatest(values: Iterable[int]) -> int:
    """The greatest value; 0 if there are none."""
    return max(values, default=0)


# How deep fields may be nested.
DEPTH = Rule(
    most=BOUNDS.depth,
    own=lambda node: isinstance(node, FieldNode),
    together=greatest,
    refusal="The document selects {found} levels deep; allowed are {most}. Ask for fewer fields within fields.",
)

# How much is selected: fields and spreads, with fragments counted at each spread.
FIELDS = Rule(
    most=BOUNDS.fields,
    own=lambda node: isinstance(node, SelectionNode),
    together=sum,
    refusal="The document selects {found} fields with fragments expanded; allowed are {most}. Send several requests.",
)

# Each alias of an expensive field is computed again.
ALIASES = Rule(
    most=BOUNDS.aliases,
    own=lambda node: isinstance(node, FieldNode) and node.alias is not None,
    together=sum,
    refusal="The document has {found} aliases with fragments expanded; allowed are {most}. Send several requests.",
)

# Every directive costs checking and coercion, even an unknown one.
DIRECTIVES = Rule(
    most=BOUNDS.directives,
    own=lambda node: len(getattr(node, "directives", None) or ()),
    together=sum,
    refusal="The document has {found} directives with fragments expanded; allowed are {most}. Leave some out.",
)

_LISTS = frozenset(
    {"types", "directives", "fields", "args", "inputFields", "enumValues", "interfaces", "possibleTypes"}
)

# How deep lists of the schema may be nested, because types and fields refer to each other in cycles. The introspection
# query of common tools nests three: types, fields and arguments.
INTROSPECTED_LISTS = Rule(
    most=BOUNDS.introspected_lists,
    own=lambda node: isinstance(node, FieldNode) and node.name.value in _LISTS,
    together=greatest,
    refusal="The document nests {found} lists of the schema; allowed are {most}. Query a type by name: __type.",
)

RULES = (DEPTH, FIELDS, ALIASES, DIRECTIVES, INTROSPECTED_LISTS)

# Cost. Below a root field, each of these is a separate statement.
STATEMENTS = frozenset(
    {"rows", "totals", "plan", "nodes", "edges", "totalCount", "countries", "distances", "travellers"}
)
# Those of them that are questions of a film or user, and the root field that asks the same.
WALKED: Mapping[str, str] = MappingProxyType(
    {
        "similar": "similarMovies",
        "ratings": "ratings",
        "sessions": "ratings",
        "trend": "dailyTrends",
        "recommendations": "recommendations",
        "patterns": "viewingPatterns",
        "churnRisk": "churnRisk",
    }
)
# The root fields from which those are asked.
WALKED_FROM = frozenset({"movie", "user", "node", "nodes"})
# Those of them that have groups by their own arguments.
GROUPED = frozenset({"rows", "totals", "plan"})
# Factors for a comparison range, and for a question as of the past, which joins versions of films and users.
COMPARED, PAST = 2, 1.5
# Orders of a list by figures of all sessions or ratings.
RANKED = frozenset({"VIEWS", "WATCH_HOURS", "AVERAGE_RATING"})
# Tests of a part of a text.
SEARCHES = frozenset({"contains", "startsWith"})
# Encoding and sending this many cells costs 1.
CELLS = 500
# The most rows to count; resolvers refuse more.
MOST_ROWS = 10_000
QUARTER_DAYS = 90
# Data rarely reaches further back.
MOST_QUARTERS = 40
