"""How many directives may stand in a document, known or not: each is checked and coerced."""

from graphql import Node

from schema.limits.bounds import BOUNDS
from schema.limits.expansion import Rule


def _directives(node: Node) -> int:
    return len(getattr(node, "directives", None) or ())


DIRECTIVES = Rule(
    most=BOUNDS.directives,
    own=_directives,
    together=sum,
    refusal="The document has {found} directives, its fragments in place; allowed are {most}. Leave some out.",
)
