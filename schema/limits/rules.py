"""How much a request may hold, and what an estimate of its cost is made of: every number, in one place.

The bounds are the same for every role: ordinary questions stay far below, and what goes beyond is no question. What a
role may use is in `schema/policy.py`, what each root field costs in `schema/root_fields.py`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from graphql import FieldNode, Node, SelectionNode


@dataclass(frozen=True)
class Bounds:
    """Of a document: characters, lexical tokens and nested brackets of its text; what it selects once fragments stand
    in place. `repeats` is how often one response name may stand in it. `values` are all those of the variables,
    `list_values` those of one `in`, `conditions` those of one filter.
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

# Counts stop here: a few doubling fragments stand for more fields than there are atoms.
MOST_COUNTED = 1_000_000


@dataclass(frozen=True)
class Rule:
    """One bound. `own` is what a node adds to what it holds, `together` how the parts of a node count: their sum, or
    the greatest. `refusal` is what is said, with places for the `most` that is allowed and the `found` measure.
    """

    most: int
    own: Callable[[Node], int]
    together: Callable[[Iterable[int]], int]
    refusal: str


def greatest(values: Iterable[int]) -> int:
    """The greatest of the values, 0 of none."""
    return max(values, default=0)


# How deep fields may stand in fields.
DEPTH = Rule(
    most=BOUNDS.depth,
    own=lambda node: isinstance(node, FieldNode),
    together=greatest,
    refusal="The document selects {found} levels deep; allowed are {most}. Ask for fewer fields within fields.",
)

# How much is selected: fields and spreads, each fragment counted wherever it is spread.
FIELDS = Rule(
    most=BOUNDS.fields,
    own=lambda node: isinstance(node, SelectionNode),
    together=sum,
    refusal="The document selects {found} fields, its fragments in place; allowed are {most}. Send several requests.",
)

# The same expensive field, asked again under another name, is work anew.
ALIASES = Rule(
    most=BOUNDS.aliases,
    own=lambda node: isinstance(node, FieldNode) and node.alias is not None,
    together=sum,
    refusal="The document has {found} aliases, its fragments in place; allowed are {most}. Send several requests.",
)

# Known or not, each directive is checked and coerced.
DIRECTIVES = Rule(
    most=BOUNDS.directives,
    own=lambda node: len(getattr(node, "directives", None) or ()),
    together=sum,
    refusal="The document has {found} directives, its fragments in place; allowed are {most}. Leave some out.",
)

_LISTS = frozenset(
    {"types", "directives", "fields", "args", "inputFields", "enumValues", "interfaces", "possibleTypes"}
)

# How deep lists of the schema may stand in each other: types have fields, which have types, which have fields. The
# query that tools send nests three: types, their fields, and those fields' arguments.
INTROSPECTED_LISTS = Rule(
    most=BOUNDS.introspected_lists,
    own=lambda node: isinstance(node, FieldNode) and node.name.value in _LISTS,
    together=greatest,
    refusal="The document nests {found} lists of the schema in each other; allowed are {most}, as tools need. "
    "Ask for a type by name: __type.",
)

RULES = (DEPTH, FIELDS, ALIASES, DIRECTIVES, INTROSPECTED_LISTS)

# Cost. Selected below a root field, these are statements of their own.
STATEMENTS = frozenset({"rows", "totals", "plan", "edges", "totalCount", "countries", "distances", "travellers"})
# Another range beside the first; the past, where rollups do not reach.
COMPARED, PAST = 2, 5
# Whole answers are encoded and sent: so many cells cost 1.
CELLS = 500
# The rows that a field may be asked for, beyond which its resolver refuses.
MOST_ROWS = 10_000
QUARTER_DAYS = 90
# Data rarely reaches further back.
MOST_QUARTERS = 40
