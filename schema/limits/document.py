"""Reads a document: lexes, parses and measures it in linear time. The bounds are in `rules.py`.

The parser recurses a few Python frames per bracket, so the lexer checks the nesting first.
"""

from collections import Counter

from graphql import DocumentNode, FieldNode, Lexer, Source, TokenKind, parse

from schema.limits.expansion import Expansion
from schema.limits.rules import BOUNDS, RULES
from warehouse.errors import BadInput

_OPENING = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L})
_CLOSING = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R})


def read_document(text: str) -> DocumentNode:
    """Parse a document and check it against all bounds.

    Raises: BadInput if a bound is exceeded; GraphQLSyntaxError.
    """
    _check_text(text)
    document = parse(text)
    check_document(document)
    return document


def check_document(document: DocumentNode) -> Expansion:
    """Check a document against every rule; the returned expansion has the number of visited nodes.

    Raises: BadInput if a bound is exceeded.
    """
    expansion = Expansion(document)
    for rule in RULES:
        expansion.check(rule)
    _check_repeats(expansion)
    return expansion


def _check_text(text: str) -> None:
    """Lex a document up to the first exceeded bound.

    Raises: BadInput if a bound is exceeded; GraphQLSyntaxError for an invalid token.
    """
    if len(text) > BOUNDS.characters:
        raise BadInput(
            f"The document is longer than {BOUNDS.characters:,} characters. Send values as variables, or several "
            "requests."
        )
    lexer = Lexer(Source(text))
    tokens = nested = 0
    while (kind := lexer.advance().kind) is not TokenKind.EOF:
        tokens += 1
        nested += (kind in _OPENING) - (kind in _CLOSING)
        if tokens > BOUNDS.tokens:
            raise BadInput(
                f"The document has more than {BOUNDS.tokens:,} tokens. Send values as variables, or several requests."
            )
        if nested > BOUNDS.nesting:
            raise BadInput(f"The document nests brackets deeper than {BOUNDS.nesting} levels. Use fewer.")


def _check_repeats(expansion: Expansion) -> None:
    """Limit how often one response name occurs, because validation compares all fields of one name in pairs.

    Raises: BadInput naming the field.
    """
    names = Counter((one.alias or one.name).value for one in expansion.nodes if isinstance(one, FieldNode))
    for name, times in names.most_common(1):
        if times > BOUNDS.repeats:
            raise BadInput(
                f"The document repeats {name[:40]} {times:,} times; allowed are {BOUNDS.repeats} for one name. "
                "Use a fragment, or send several requests."
            )
