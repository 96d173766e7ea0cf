"""The policy on one screen: how each role sees columns, which rows it may send, and how much it may use.

The root fields of each role are in `schema/root_fields.py`. These two files define everything a token allows; all else
is denied.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from types import MappingProxyType

from schema.roles import Role
from schema.root_fields import ROOT_FIELDS
from warehouse.access import EVERY_PATH, Access, Strategy
from warehouse.errors import BadInput, Forbidden
from warehouse.model.countries import country_code
from warehouse.model.tables import TABLES


@dataclass(frozen=True)
class MaskRule:
    """A column is masked by `strategy` for every role below `unless`."""

    strategy: Strategy
    unless: Role


@dataclass(frozen=True)
class RoleLimits:
    """The limits for one subject of a role.

    `query_cost` is for one request, `cost_per_minute` for all together; `statements` may run at once. Rows and buckets
    are per answer, `page_rows` per page of a list, seconds and bytes per statement.
    """

    query_cost: int
    cost_per_minute: int
    statements: int
    page_rows: int
    max_rows: int
    max_buckets: int
    statement_seconds: float
    statement_memory_bytes: int


# Tables that a role may send rows for. Quarantined rows are unmasked personal data, so only roles that see everything
# may read them.
WRITES: Mapping[Role, frozenset[str]] = MappingProxyType({Role.INGEST: frozenset(TABLES)})
READS_REJECTED = Role.ADMIN

# Column → how it is masked, and for which roles.
MASK_RULES: Mapping[str, MaskRule] = MappingProxyType(
    {
        "users.username": MaskRule(Strategy.PARTIAL, Role.ADMIN),
        "users.email": MaskRule(Strategy.EMAIL, Role.ADMIN),
        "users.age": MaskRule(Strategy.BAND, Role.ANALYST),
        "users.gender": MaskRule(Strategy.NULL, Role.ANALYST),
        "ratings.review_text": MaskRule(Strategy.NULL, Role.ANALYST),
    }
)

# Paths of attributes sent beyond the schema.
ATTRIBUTES: Mapping[Role, frozenset[str]] = MappingProxyType(
    {Role.ANALYST: frozenset({EVERY_PATH}), Role.ADMIN: frozenset({EVERY_PATH})}
)

# Role → the fewest people whose figures it sees together: smaller groups are folded into one. Roles that are not named
# see all groups.
MINIMUM_GROUP: Mapping[Role, int] = MappingProxyType({})

# The lowest role that may read the whole schema through the API and gets suggestions for misspelt fields. Others read
# the part that they may ask.
INTROSPECTS = Role.ANALYST

# What a row scope may name, and the job results over everybody that are shown despite a scope.
SCOPES = frozenset({"country", "genre", "subscription"})
RELEASED: frozenset[str] = frozenset()

# The longest lifetimes of our tokens. Anyone who sees the page has its embed token; a link that signs in waits in a
# mailbox.
LONGEST_TOKEN = timedelta(days=366)
LONGEST_EMBED = timedelta(days=30)
LONGEST_LINK = timedelta(days=7)
# The longest that is left to a token of an issuer.
LONGEST_ISSUED = timedelta(days=31)

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
    """The limits for one subject of a role.

    Raises: Forbidden for a role that may not read.
    """
    if role not in LIMITS:
        raise Forbidden(f"The role {role} can't query. Use a token of the role viewer, analyst or admin.")
    return LIMITS[role]


def check_writes(role: Role, scope: Mapping[str, tuple[str, ...]], table: str, granted: Collection[str] = ()) -> None:
    """Check that rows of a table may be sent; a token may be limited to `granted` tables.

    Raises: Forbidden, also for a token with a row scope: limiting sent rows by it would reveal which users exist and
    where they live.
    """
    if table not in WRITES.get(role, frozenset()):
        raise Forbidden(
            "Your role may not send rows. Use a token of the role ingest: marquee token issue --role ingest"
        )
    if scope:
        raise Forbidden("A token with a row scope can't send rows. Use one of the role ingest without a scope.")
    if granted and table not in granted:
        raise Forbidden(f"Your token may send rows of {', '.join(granted)} only.")


def inspects(role: Role, scope: Mapping[str, tuple[str, ...]], granted: Collection[str] = ()) -> frozenset[str]:
    """The tables for which files may be inspected: those that may be sent, and all for a role that reads any sender's
    rows. What is found in a file follows from the file alone.

    Raises: Forbidden.
    """
    if reads_rejected(role, scope):
        return frozenset().union(*WRITES.values())
    tables = WRITES.get(role, frozenset())
    allowed = tables & frozenset(granted) if granted else tables
    check_writes(role, scope, min(allowed, default=""), granted)
    return allowed


def check_repairs(role: Role, scope: Mapping[str, tuple[str, ...]]) -> None:
    """Check that quarantined rows of all loads may be seen and corrected.

    Raises: Forbidden.
    """
    if not reads_rejected(role, scope):
        raise Forbidden("The quarantine is for admins without a row scope: its rows are unmasked, and of everybody.")


def reads_rejected(role: Role, scope: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether the role may read quarantined rows of any sender, unmasked."""
    return role is READS_REJECTED and not scope


@cache
def permissions_of(role: Role) -> frozenset[str]:
    """The root fields that a role may use; empty for a role that may not read. A minimum group size closes more of
    them.
    """
    return frozenset(name for name, field in ROOT_FIELDS.items() if role.reaches(field.role))


@cache
def _folding(role: Role) -> frozenset[str]:
    """The root fields of a role that are open to those with a minimum group size."""
    return frozenset(name for name in permissions_of(role) if ROOT_FIELDS[name].folds)


def masks_of(role: Role) -> Mapping[str, Strategy]:
    """The columns masked for a role, `table.column` → strategy."""
    return MappingProxyType(
        {column: rule.strategy for column, rule in MASK_RULES.items() if not role.reaches(rule.unless)}
    )


def lifted_of(role: Role) -> Mapping[str, Strategy]:
    """The columns that a role sees in clear but others masked, `table.column` → their strategy."""
    return MappingProxyType({column: rule.strategy for column, rule in MASK_RULES.items() if role.reaches(rule.unless)})


def access_of(subject: str, role: Role, scope: Mapping[str, tuple[str, ...]], hash_key: bytes = b"") -> Access:
    """What a token with this role and scope may access; `hash_key` is the key for HASH masks.

    Raises: Forbidden for a role that may not read, and for a scope that can't be evaluated.
    """
    limits = limits_of(role)
    unknown = set(scope) - SCOPES
    if unknown or not all(scope.values()):
        raise Forbidden(
            f"The token's scope can't be evaluated: allowed are non-empty lists for {', '.join(sorted(SCOPES))}."
        )
    minimum = MINIMUM_GROUP.get(role, 0)
    return Access(
        subject=subject,
        role=role.value,
        masks=masks_of(role),
        scope=_readable(scope),
        permissions=_folding(role) if minimum else permissions_of(role),
        max_rows=limits.max_rows,
        page_rows=limits.page_rows,
        max_buckets=limits.max_buckets,
        statement_seconds=limits.statement_seconds,
        statement_memory_bytes=limits.statement_memory_bytes,
        sees_figures=role is Role.ADMIN and not scope and not minimum,
        introspects=role.reaches(INTROSPECTS),
        # Clients send what they like, also what only one person has.
        attributes=frozenset() if minimum else ATTRIBUTES.get(role, frozenset()),
        released=RELEASED,
        minimum_group=minimum,
        hash_key=hash_key,
        lifted=lifted_of(role),
    )


def checked_scope(scope: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """A scope with its countries in stored form.

    Raises: BadInput for a malformed country.
    """
    values = {"country": tuple(dict.fromkeys(map(country_code, scope["country"])))} if "country" in scope else {}
    return MappingProxyType({**scope, **values})


def _readable(scope: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    try:
        return checked_scope(scope)
    except BadInput as error:
        raise Forbidden(f"The token's scope can't be evaluated. {error}") from error
