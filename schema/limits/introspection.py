"""How deep lists of the schema may stand in each other: types have fields, which have types, which have fields.

The query that tools send nests three: types, their fields, and those fields' arguments.
"""

from graphql import FieldNode, Node

from schema.limits.bounds import BOUNDS
from schema.limits.expansion import Rule, greatest

_LISTS = frozenset(
    {"types", "directives", "fields", "args", "inputFields", "enumValues", "interfaces", "possibleTypes"}
)


def _lists(node: Node) -> int:
    return isinstance(node, FieldNode) and node.name.value in _LISTS


INTROSPECTED_LISTS = Rule(
    most=BOUNDS.introspected_lists,
    own=_lists,
    together=greatest,
    refusal="The document nests {found} lists of the schema in each other; allowed are {most}, as tools need. "
    "Ask for a type by name: __type.",
)
