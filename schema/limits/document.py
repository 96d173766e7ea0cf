"""Reading a document: lexed, parsed and measured, in time that grows with its length and no faster.

The parser descends a few Python frames for each bracket, so that nesting is bounded by the lexer before it starts.
"""

from collections import Counter

from graphql import DocumentNode, FieldNode, Lexer, Source, TokenKind, parse

from schema.limits.expansion import Expansion
from schema.limits.rules import BOUNDS, RULES
from warehouse.errors import BadInput

_OPENING = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L})
_CLOSING = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R})


def read_document(text: str) -> DocumentNode:
    """The document of a text, within all bounds.

    Raises: BadInput beyond a bound; GraphQLSyntaxError.
    """
    _check_text(text)
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
    _check_repeats(expansion)
    return expansion


def _check_text(text: str) -> None:
    """Lex a document, no further than it may go.

    Raises: BadInput beyond a bound; GraphQLSyntaxError for what is no token.
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
            raise BadInput(f"The document nests brackets deeper than {BOUNDS.nesting} levels. Ask with fewer.")


def _check_repeats(expansion: Expansion) -> None:
    """How often one response name stands in the document: validation compares all fields of one name in pairs.

    Raises: BadInput, which names the field.
    """
    names = Counter((one.alias or one.name).value for one in expansion.nodes if isinstance(one, FieldNode))
    for name, times in names.most_common(1):
        if times > BOUNDS.repeats:
            raise BadInput(
                f"The document says {name[:40]} {times:,} times; allowed are {BOUNDS.repeats} for one name. "
                "Say it once in a fragment, or send several requests."
            )
