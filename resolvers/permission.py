"""The first access check: a root field is only resolved for roles that may query it."""

from typing import Any

import strawberry
from strawberry.permission import BasePermission, PermissionExtension

from resolvers.context import context_of
from schema.root_fields import RootField
from warehouse.errors import Forbidden


class Permitted(BasePermission):
    """Checks the asker's access, which is derived from the policy."""

    def __init__(self, field: RootField) -> None:
        self.field = field

    def has_permission(self, source: Any, info: strawberry.Info, **kwargs: Any) -> bool:  # noqa: ARG002 - Strawberry's
        """Whether the asker may query the field."""
        context = context_of(info)
        context.may_keep &= self.field.cacheable
        if context.access.minimum_group and not self.field.folds:
            raise Forbidden(
                f"Your role may not query {self.field.name}, which tells of single people or of small groups. It sees "
                f"groups of at least {context.access.minimum_group} people."
            )
        return self.field.name in context.access.permissions

    def on_unauthorized(self) -> None:
        """Raises: Forbidden."""
        raise Forbidden(f"Your role may not query {self.field.name}. Use a token of the role {self.field.role}.")


def permitted(field: RootField) -> PermissionExtension:
    """The access check of a root field."""
    return PermissionExtension(permissions=[Permitted(field)], use_directives=False)
