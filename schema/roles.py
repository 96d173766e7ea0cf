"""The roles, and which of them reads what another does."""

from enum import StrEnum


class Role(StrEnum):
    """viewer < analyst < admin; `ingest` only writes, `embed` only runs the operations that its token names."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    ADMIN = "admin"
    INGEST = "ingest"
    EMBED = "embed"

    def reaches(self, lowest: "Role") -> bool:
        """Whether the role reads all that `lowest` does; a role that reads nothing reaches none."""
        return self in _READERS and _READERS[self] >= _READERS[lowest]


# Who reads what: a role and all above it. An embed token reads like a viewer, through the operations it names.
_READERS = {Role.EMBED: 0, Role.VIEWER: 0, Role.ANALYST: 1, Role.ADMIN: 2}
