"""The owner of a saved item, as the one with whose rights the server asks for it."""

from datetime import datetime

from schema.roles import Role
from server.identity.principal import Principal
from warehouse.saved_items import Owner, Rights


def principal_of(owner: Owner, rights: Rights, saved_at: datetime) -> Principal:
    """The owner with the rights of the token that saved the item: revoking all tokens of the owner ends these too."""
    return Principal(owner.subject, Role(rights.role), rights.scope, issuer=owner.issuer or None, issued_at=saved_at)
