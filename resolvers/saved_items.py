"""Shared by boards, alerts and reports, which people save: who saves and sees them, their texts and times."""

from collections.abc import Mapping
from datetime import datetime

from resolvers.context import Context
from schema.roles import Role
from schema.scalars import DateTime
from warehouse.errors import BadInput
from warehouse.query.local_time import instant_text
from warehouse.saved_items import Owner, Rights


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


def rights_of(context: Context) -> Rights:
    """The rights with which what is saved will be asked."""
    return Rights(context.access.role, context.access.scope)


def sees_item(context: Context, owner: Owner, rights: Rights) -> bool:
    """Whether the asker could ask for the figures that an item tells: it is theirs and they have its rights, or they
    are an admin of all rows."""
    access = context.access
    if access.role == Role.ADMIN.value and not access.scope:
        return True
    reaches = Role(access.role).reaches(Role(rights.role))
    return owner == asker_of(context) and reaches and _covers(access.scope, rights.scope)


def moment_text(instant: datetime) -> DateTime:
    """An instant as the schema has it."""
    return DateTime(instant_text(instant, "milliseconds"))


def _covers(own: Mapping[str, tuple[str, ...]], other: Mapping[str, tuple[str, ...]]) -> bool:
    return all(name in other and set(other[name]) <= set(values) for name, values in own.items())
