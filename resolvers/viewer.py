"""`viewer`: who asks, and which fields are masked for them."""

import strawberry

from resolvers.context import context_of
from schema.policy import Role
from schema.viewer import FieldMask, Viewer

# Where a table's columns show in the API.
_TYPES = {"users": "User", "ratings": "Rating"}


def viewer(info: strawberry.Info) -> Viewer:
    """You: subject, role, and what is masked for you."""
    access = context_of(info).access
    masks = [
        FieldMask(type=_TYPES[table], field=_camel(column), strategy=strategy)
        for (table, column), strategy in ((name.split("."), strategy) for name, strategy in access.masks.items())
    ]
    return Viewer(subject=access.subject, role=Role(access.role), masks=masks)


def _camel(slug: str) -> str:
    first, *rest = slug.split("_")
    return first + "".join(part.capitalize() for part in rest)
