"""How deep fields may stand in fields."""

from graphql import FieldNode

from schema.limits.bounds import BOUNDS
from schema.limits.expansion import Rule, greatest

DEPTH = Rule(
    most=BOUNDS.depth,
    own=lambda node: isinstance(node, FieldNode),
    together=greatest,
    refusal="The document selects {found} levels deep; allowed are {most}. Ask for fewer fields within fields.",
)
