"""The roles and their order."""

from enum import StrEnum


class Role(StrEnum):
    """viewer < analyst < admin; `ingest` only writes, `embed` only runs the operations in its token."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    ADMIN = "admin"
    INGEST = "ingest"
    EMBED = "embed"

    def reaches(self, lowest: "Role") -> bool:
        """Whether the role may read everything that `lowest` may; False for a role that may not read."""
        return self in _READERS and _READERS[self] >= _READERS[lowest]


# A role may read what lower roles may. An embed token reads like a viewer, through its operations.
_READERS = {Role.EMBED: 0, Role.VIEWER: 0, Role.ANALYST: 1, Role.ADMIN: 2}
