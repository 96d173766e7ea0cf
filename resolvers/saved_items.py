"""Shared by boards and alerts, which people save: who saves them, and their texts."""

from resolvers.context import Context
from warehouse.errors import BadInput
from warehouse.saved_items import Owner


def asker_of(context: Context) -> Owner:
    """Who asks, as the owner of what they save."""
    return Owner(context.access.subject, context.issuer)


def checked_text(text: str, what: str, longest: int, argument: str) -> str:
    """The text without blanks around it.

    Raises: BadInput for an empty or too long one, or one with characters that can't be printed.
    """
    stripped = text.strip()
    if not (0 < len(stripped) <= longest and stripped.isprintable()):
        raise BadInput(f"A {what} has 1 to {longest:,} printable characters.", argument)
    return stripped
