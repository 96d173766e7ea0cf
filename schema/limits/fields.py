"""How much a document may select: fields and spreads, each fragment counted wherever it is spread."""

from graphql import SelectionNode

from schema.limits.bounds import BOUNDS
from schema.limits.expansion import Rule

FIELDS = Rule(
    most=BOUNDS.fields,
    own=lambda node: isinstance(node, SelectionNode),
    together=sum,
    refusal="The document selects {found} fields, its fragments in place; allowed are {most}. Send several requests.",
)
