"""The roles and their order."""

from warehouse.described_enum import DescribedEnum


class Role(DescribedEnum):
    """viewer < analyst < admin; `ingest` only writes, `embed` only runs the operations in its token."""

    VIEWER = "viewer", "Asks for figures; personal data is masked."
    ANALYST = "analyst", "Asks for what viewers do, and for what is closed to them; less is masked."
    ADMIN = "admin", "Asks for and changes everything."
    INGEST = "ingest", "Sends rows, and reads nothing."
    EMBED = "embed", "Runs the operations that its token names, and nothing else."

    def reaches(self, lowest: "Role") -> bool:
        """Whether the role may read everything that `lowest` may; False for a role that may not read."""
        return self in _READERS and _READERS[self] >= _READERS[lowest]


# A role may read what lower roles may. An embed token reads like a viewer, through its operations.
_READERS = {Role.EMBED: 0, Role.VIEWER: 0, Role.ANALYST: 1, Role.ADMIN: 2}
