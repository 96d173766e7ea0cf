"""`viewer`: the asker, and which fields are masked for them."""

import strawberry
from strawberry.utils.str_converters import to_camel_case

from resolvers.cache_ids import Identity
from resolvers.context import context_of
from schema.enums import ScopeName
from schema.roles import Role
from schema.viewer import FieldMask, ScopeLimit, Viewer

# Table → the API type with its columns.
_TYPES = {"users": "User", "ratings": "Rating"}


def viewer(info: strawberry.Info) -> Viewer:
    """You: your subject and role, what you may query, what is masked for you, and which rows you can see."""
    access = context_of(info).access
    masks = [
        FieldMask(type=_TYPES[table], field=to_camel_case(column), strategy=strategy)
        for (table, column), strategy in ((name.split("."), strategy) for name, strategy in access.masks.items())
    ]
    scope = sorted(access.scope.items())
    return Viewer(
        id=strawberry.ID(Identity("viewer", access.subject, access.role).of(scope)),
        subject=access.subject,
        role=Role(access.role),
        permissions=sorted(access.permissions),
        masks=masks,
        scope=[ScopeLimit(name=ScopeName(name), values=list(values)) for name, values in access.scope.items()],
        attributes=sorted(access.attributes),
    )
