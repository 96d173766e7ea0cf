"""Reading a document: lexed, parsed and measured, in time that grows with its length and no faster."""

from graphql import DocumentNode, parse

from schema.limits.aliases import ALIASES
from schema.limits.depth import DEPTH
from schema.limits.directives import DIRECTIVES
from schema.limits.expansion import Expansion
from schema.limits.fields import FIELDS
from schema.limits.introspection import INTROSPECTED_LISTS
from schema.limits.repeats import check_repeats
from schema.limits.text import check_text

RULES = (DEPTH, FIELDS, ALIASES, DIRECTIVES, INTROSPECTED_LISTS)


def read_document(text: str) -> DocumentNode:
    """The document of a text, within all bounds.

    Raises: BadInput beyond a bound; GraphQLSyntaxError.
    """
    check_text(text)
    document = parse(text)
    check_document(document)
    return document


def check_document(document: DocumentNode) -> Expansion:
    """Hold a document against every rule; what is returned says how many nodes that took.

    Raises: BadInput beyond a bound.
    """
    expansion = Expansion(document)
    for rule in RULES:
        expansion.check(rule)
    check_repeats(expansion)
    return expansion
