"""The first access check: a root field is only resolved for roles that may query it."""

from typing import Any

import strawberry
from strawberry.permission import BasePermission, PermissionExtension

from resolvers.context import Context, context_of
from schema.root_fields import ROOT_FIELDS, RootField
from warehouse.access import Access
from warehouse.errors import Forbidden


def is_permitted(access: Access, name: str) -> bool:
    """Whether an asker may query a root field."""
    return name in access.permissions and (ROOT_FIELDS[name].folds or not access.minimum_group)


def check_permitted(context: Context, name: str) -> None:
    """Check that the asker may query a root field, or another field that reveals the same.

    Raises: Forbidden.
    """
    field = ROOT_FIELDS[name]
    context.may_keep &= field.cacheable
    if context.access.minimum_group and not field.folds:
        raise Forbidden(
            f"Your role may not query {name}, which can reveal single people or small groups. It sees "
            f"groups of at least {context.access.minimum_group} people."
        )
    if name not in context.access.permissions:
        raise Forbidden(f"Your role may not query {name}. Use a token of the role {field.role}.")


class Permitted(BasePermission):
    """Checks the asker's access, which is derived from the policy."""

    def __init__(self, field: RootField) -> None:
        self.field = field

    def has_permission(self, source: Any, info: strawberry.Info, **kwargs: Any) -> bool:  # noqa: ARG002 - Strawberry's
        """Whether the asker may query the field."""
        check_permitted(context_of(info), self.field.name)
        return True


def permitted(field: RootField) -> PermissionExtension:
    """The access check of a root field."""
    return PermissionExtension(permissions=[Permitted(field)], use_directives=False)
