"""The policy: which role sees which columns how. What a token allows is read off here, and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from warehouse.access import Access, Strategy
from warehouse.errors import Forbidden


class Role(StrEnum):
    """viewer < analyst < admin; `ingest` only writes, `embed` only runs the operations that its token names."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    ADMIN = "admin"
    INGEST = "ingest"
    EMBED = "embed"


@dataclass(frozen=True)
class MaskRule:
    """A column is masked by `strategy` for every role below `unless`."""

    strategy: Strategy
    unless: Role


MASK_RULES: Mapping[str, MaskRule] = MappingProxyType(
    {
        "users.username": MaskRule(Strategy.PARTIAL, Role.ADMIN),
        "users.email": MaskRule(Strategy.EMAIL, Role.ADMIN),
        "users.age": MaskRule(Strategy.BAND, Role.ANALYST),
        "users.gender": MaskRule(Strategy.NULL, Role.ANALYST),
        "ratings.review_text": MaskRule(Strategy.NULL, Role.ANALYST),
    }
)

# What a row scope may name.
SCOPES = frozenset({"country", "genre", "subscription"})

_RANK = {Role.EMBED: 0, Role.VIEWER: 0, Role.ANALYST: 1, Role.ADMIN: 2}


def masks_of(role: Role) -> Mapping[str, Strategy]:
    """Masked columns, `table.column` → strategy, for a role."""
    return MappingProxyType(
        {column: rule.strategy for column, rule in MASK_RULES.items() if _RANK[role] < _RANK[rule.unless]}
    )


def access_of(subject: str, role: Role, scope: Mapping[str, tuple[str, ...]]) -> Access:
    """What a token of this role and scope allows.

    Raises: Forbidden for a role that reads nothing, and for a scope that can't be evaluated.
    """
    if role not in _RANK:
        raise Forbidden(f"The role {role} can't ask. Use a token of the role viewer, analyst or admin.")
    unknown = set(scope) - SCOPES
    if unknown or not all(scope.values()):
        raise Forbidden(
            f"The token's scope can't be evaluated: allowed are non-empty lists for {', '.join(sorted(SCOPES))}."
        )
    return Access(
        subject=subject,
        role=role.value,
        masks=masks_of(role),
        scope=MappingProxyType(dict(scope)),
        sees_figures=role is Role.ADMIN and not scope,
        reads_attributes=_RANK[role] >= _RANK[Role.ANALYST],
    )
