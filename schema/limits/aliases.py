"""How many fields may be renamed: the same expensive field, asked again under another name, is work anew."""

from graphql import FieldNode

from schema.limits.bounds import BOUNDS
from schema.limits.expansion import Rule

ALIASES = Rule(
    most=BOUNDS.aliases,
    own=lambda node: isinstance(node, FieldNode) and node.alias is not None,
    together=sum,
    refusal="The document has {found} aliases, its fragments in place; allowed are {most}. Send several requests.",
)
