"""The policy, in one screen: which columns each role sees how, which rows it may send, and how much it may use.

Which root fields it may ask is in `schema/root_fields.py`. What a token allows is read off these two, and nowhere else;
what can't be read off them is denied.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from schema.roles import Role
from schema.root_fields import ROOT_FIELDS
from warehouse.access import EVERY_PATH, Access, Strategy
from warehouse.errors import BadInput, Forbidden
from warehouse.model.countries import country_code


@dataclass(frozen=True)
class MaskRule:
    """A column is masked by `strategy` for every role below `unless`."""

    strategy: Strategy
    unless: Role


@dataclass(frozen=True)
class RoleLimits:
    """What one subject of a role may use.

    `query_cost` is the highest estimate of one request, `cost_per_minute` what its requests may cost together;
    `statements` run at once. Rows and buckets bound an answer, `page_rows` a page of a list; seconds and bytes one
    statement.
    """

    query_cost: int
    cost_per_minute: int
    statements: int
    page_rows: int
    max_rows: int
    max_buckets: int
    statement_seconds: float
    statement_memory_bytes: int


# Tables that a role may send rows of. What was kept aside of them is personal data as it was sent: it is for who sees
# everything.
WRITES: Mapping[Role, frozenset[str]] = MappingProxyType(
    {Role.INGEST: frozenset({"viewing_sessions", "ratings", "users", "movies"})}
)
READS_REJECTED = Role.ADMIN

# Columns, and how they are shown below which role.
MASK_RULES: Mapping[str, MaskRule] = MappingProxyType(
    {
        "users.username": MaskRule(Strategy.PARTIAL, Role.ADMIN),
        "users.email": MaskRule(Strategy.EMAIL, Role.ADMIN),
        "users.age": MaskRule(Strategy.BAND, Role.ANALYST),
        "users.gender": MaskRule(Strategy.NULL, Role.ANALYST),
        "ratings.review_text": MaskRule(Strategy.NULL, Role.ANALYST),
    }
)

# Paths of what clients sent beyond the schema.
ATTRIBUTES: Mapping[Role, frozenset[str]] = MappingProxyType(
    {Role.ANALYST: frozenset({EVERY_PATH}), Role.ADMIN: frozenset({EVERY_PATH})}
)

# The lowest role that may read the schema through the API, and is told what a misspelt field may have meant.
INTROSPECTS = Role.ANALYST

# What a row scope may name; and what jobs computed over everybody that is told in spite of one.
SCOPES = frozenset({"country", "genre", "subscription"})
RELEASED: frozenset[str] = frozenset()

# How long tokens that we make may live. An embed token is held by whoever sees the page.
LONGEST_TOKEN = timedelta(days=366)
LONGEST_EMBED = timedelta(days=30)

_GIB = 2**30
LIMITS: Mapping[Role, RoleLimits] = MappingProxyType(
    {
        #                      cost, a minute, at once, page, rows, buckets, seconds, bytes
        Role.EMBED: RoleLimits(1_000, 20_000, 4, 200, 10_000, 10_000, 10.0, 2 * _GIB),
        Role.VIEWER: RoleLimits(1_000, 20_000, 4, 1_000, 10_000, 10_000, 20.0, 2 * _GIB),
        Role.ANALYST: RoleLimits(5_000, 60_000, 6, 1_000, 10_000, 10_000, 20.0, 4 * _GIB),
        Role.ADMIN: RoleLimits(10_000, 200_000, 8, 1_000, 10_000, 10_000, 60.0, 4 * _GIB),
    }
)


def limits_of(role: Role) -> RoleLimits:
    """What one subject of a role may use.

    Raises: Forbidden for a role that reads nothing.
    """
    if role not in LIMITS:
        raise Forbidden(f"The role {role} can't ask. Use a token of the role viewer, analyst or admin.")
    return LIMITS[role]


def check_writes(role: Role, scope: Mapping[str, tuple[str, ...]], table: str) -> None:
    """Whether rows of a table may be sent.

    Raises: Forbidden, also for a token with a row scope: that limits what is read, and could not limit what is sent
    without telling who is known and where they live.
    """
    if table not in WRITES.get(role, frozenset()):
        raise Forbidden(
            "Your role may not send rows. Use a token of the role ingest: marquee token issue --role ingest"
        )
    if scope:
        raise Forbidden("A token with a row scope sends no rows. Use one of the role ingest without a scope.")


def reads_rejected(role: Role, scope: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether rows that were kept aside are shown as they were sent, whoever sent them."""
    return role is READS_REJECTED and not scope


def permissions_of(role: Role) -> frozenset[str]:
    """The root fields that a role may ask, queries and mutations; none for a role that reads nothing."""
    return frozenset(name for name, field in ROOT_FIELDS.items() if role.reaches(field.role))


def masks_of(role: Role) -> Mapping[str, Strategy]:
    """Masked columns, `table.column` → strategy, for a role."""
    return MappingProxyType(
        {column: rule.strategy for column, rule in MASK_RULES.items() if not role.reaches(rule.unless)}
    )


def lifted_of(role: Role) -> Mapping[str, Strategy]:
    """Columns that others see masked and a role as they are, `table.column` → the strategy for the others."""
    return MappingProxyType({column: rule.strategy for column, rule in MASK_RULES.items() if role.reaches(rule.unless)})


def access_of(subject: str, role: Role, scope: Mapping[str, tuple[str, ...]], hash_key: bytes = b"") -> Access:
    """What a token of this role and scope allows; `hash_key` keys the masks of the strategy HASH.

    Raises: Forbidden for a role that reads nothing, and for a scope that can't be evaluated.
    """
    limits = limits_of(role)
    unknown = set(scope) - SCOPES
    if unknown or not all(scope.values()):
        raise Forbidden(
            f"The token's scope can't be evaluated: allowed are non-empty lists for {', '.join(sorted(SCOPES))}."
        )
    return Access(
        subject=subject,
        role=role.value,
        masks=masks_of(role),
        scope=_readable(scope),
        permissions=permissions_of(role),
        max_rows=limits.max_rows,
        page_rows=limits.page_rows,
        max_buckets=limits.max_buckets,
        statement_seconds=limits.statement_seconds,
        statement_memory_bytes=limits.statement_memory_bytes,
        sees_figures=role is Role.ADMIN and not scope,
        introspects=role.reaches(INTROSPECTS),
        attributes=ATTRIBUTES.get(role, frozenset()),
        released=RELEASED,
        hash_key=hash_key,
        lifted=lifted_of(role),
    )


def checked_scope(scope: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """A scope with its countries as they are stored.

    Raises: BadInput for a country that can't be.
    """
    values = {"country": tuple(dict.fromkeys(map(country_code, scope["country"])))} if "country" in scope else {}
    return MappingProxyType({**scope, **values})


def _readable(scope: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    try:
        return checked_scope(scope)
    except BadInput as error:
        raise Forbidden(f"The token's scope can't be evaluated. {error}") from error
