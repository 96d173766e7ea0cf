"""The text of a document: its length, its tokens and how deep its brackets nest, seen by the lexer alone.

The parser descends a few Python frames for each bracket, so that nesting is bounded before it starts.
"""

from graphql import Lexer, Source, TokenKind

from schema.limits.bounds import BOUNDS
from warehouse.errors import BadInput

_OPENING = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L})
_CLOSING = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R})


def check_text(text: str) -> None:
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
