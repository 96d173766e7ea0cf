"""A document of one's own on the command line: written there, in a file, or on standard input."""

import re
import sys
from typing import TYPE_CHECKING

from server.commands.local_session import LocalSession
from warehouse.errors import BadInput

if TYPE_CHECKING:
    from server.answering.published_operations import Operation

STDIN = "-"
_FILES = (".graphql", ".gql")
_DOCUMENT = re.compile(r"\s*(#|\{|query\b|mutation\b|subscription\b|fragment\b)")


def document_of(session: LocalSession, given: str, reads_here: bool = False) -> "Operation | None":
    """The document that an argument of `marquee query` is or names; None for the name of an operation. With
    `reads_here` standard input is read in this process, also where another process holds the warehouse.

    Raises: BadInput for a file that can't be read, or a document with a syntax error or without one operation.
    """
    if given == STDIN:
        stdin = sys.stdin.buffer if reads_here else session.stdin()
        text = stdin.read().decode(errors="replace")
    elif given.endswith(_FILES):
        text = _read(session, given)
    elif _DOCUMENT.match(given) and not given.isidentifier():
        text = given
    else:
        return None
    return _operation(text)


def _read(session: LocalSession, name: str) -> str:
    try:
        return session.resolve(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{name} can't be read: {getattr(error, 'strerror', None) or error}.") from error


def _operation(text: str) -> "Operation":
    from graphql import GraphQLError

    from resolvers.documents import document_of as parsed
    from server.answering.published_operations import operation_in

    try:
        found = operation_in(text, parsed(text))
    except GraphQLError as error:
        raise BadInput(str(error)) from error
    if found is None:
        raise BadInput("The document must have exactly one operation.")
    return found
