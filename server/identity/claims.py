"""Claims: what our tokens say about a principal, and how our tokens and an issuer's are read. Unknown forms are
refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from schema.roles import Role
from server.identity.principal import EVERY_WRITE, Grant, Principal, Use, WriteGrant
from server.settings import ORIGIN
from warehouse.errors import Unauthenticated

# Roles that an issuer may give, highest last. Embed tokens are always our own.
_GIVEN = (Role.INGEST, Role.VIEWER, Role.ANALYST, Role.ADMIN)


@dataclass(frozen=True)
class ClaimNames:
    """The claims of an issuer's tokens for role and row scope: a name, or a dotted path (`realm_access.roles`).
    If a scope claim is named, every token must have it; otherwise tokens have no scope. `roles` says which values of
    the role claim mean which roles, beside the roles' own names.
    """

    role: str
    scope: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)


def claims_of(principal: Principal) -> dict[str, Any]:
    """The claims of a token for a principal."""
    claims: dict[str, Any] = {"sub": principal.subject, "role": principal.role.value}
    if principal.scope:
        claims["scope"] = {name: list(values) for name, values in principal.scope.items()}
    if principal.grant:
        grant = principal.grant
        claims["embed"] = {
            "operations": list(grant.operations),
            "variables": dict(grant.variables),
            "origin": grant.origin,
            "use": grant.use.value,
        }
    if principal.writes != EVERY_WRITE:
        writes = principal.writes
        claims["writes"] = {
            "tables": list(writes.tables),
            "columns": list(writes.columns),
            "rows_a_day": writes.rows_a_day,
            "source": writes.source,
        }
    return claims


def own_principal(claims: Mapping[str, Any]) -> Principal:
    """The principal of a token that we signed.

    Raises: Unauthenticated if a claim differs in form from what `claims_of` writes.
    """
    try:
        role = Role(claims["role"])
        scope = scope_of(claims.get("scope", {}))
        grant = _grant_of(claims["embed"]) if claims.get("embed") else None
        writes = _writes_of(claims["writes"]) if "writes" in claims else EVERY_WRITE
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unauthenticated("The token's claims are malformed. Get a new one with: marquee token issue") from error
    if (role is Role.EMBED) != (grant is not None):
        raise Unauthenticated("The token's claims contradict each other: `embed` goes with the role embed only.")
    return Principal(claims["sub"], role, scope, grant, writes)


def issued_principal(claims: Mapping[str, Any], names: ClaimNames) -> Principal:
    """The principal of an issuer's token; of several roles the highest applies.

    Raises: Unauthenticated for a token without a Marquee role, or with an invalid row scope.
    """
    given = _find(claims, names.role)
    texts = given if isinstance(given, list) else [given]
    named = {names.roles.get(one, one) for one in texts if isinstance(one, str)}
    roles = [role for role in _GIVEN if role.value in named]
    if not roles:
        raise Unauthenticated(
            f"The token's claim {names.role} has no role of Marquee: {', '.join(reversed(_GIVEN))}. Ask the "
            "administrator of its issuer."
        )
    try:
        scope = scope_of(_find(claims, names.scope)) if names.scope else scope_of({})
    except TypeError as error:
        # OAuth's own `scope` is a string. Treating it, or a missing claim, as "all rows" would grant too much.
        raise Unauthenticated(
            f'The token\'s claim {names.scope} is not a row scope, an object of lists: {{"country": ["US"]}}, or {{}} '
            "for all rows. Ask the administrator of its issuer."
        ) from error
    return Principal(claims["sub"], roles[-1], scope)


def _find(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by name or dotted path; None if missing. A name that itself contains dots wins."""
    if name in claims:
        return claims[name]
    first, dotted, rest = name.partition(".")
    inner = claims.get(first)
    return _find(inner, rest) if dotted and isinstance(inner, Mapping) else None


def scope_of(value: Any) -> Mapping[str, tuple[str, ...]]:
    """A row scope from its claim.

    Raises: TypeError for anything but an object of lists of strings.
    """
    if not isinstance(value, Mapping):
        raise TypeError("a scope is an object")
    return MappingProxyType({name: _texts(values) for name, values in value.items()})


def _grant_of(value: Mapping[str, Any]) -> Grant:
    operations, origin = _texts(value["operations"]), value["origin"]
    # The origin goes into a header, so its form is checked even in a signed token.
    if not operations or not (origin is None or ORIGIN.fullmatch(origin)):
        raise ValueError("an embed token names operations, and an origin or null")
    # Tokens of before they said it open frames until they expire, as they did.
    use = Use(value.get("use", Use.OFTEN))
    return Grant(operations, MappingProxyType(dict(value["variables"])), origin, use)


def _writes_of(value: Mapping[str, Any]) -> WriteGrant:
    rows, source = value["rows_a_day"], value["source"]
    if not (rows is None or type(rows) is int) or not isinstance(source, str):
        raise TypeError("a number of rows or null, and a text are expected")
    return WriteGrant(_texts(value["tables"]), _texts(value["columns"]), rows, source)


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError("a list of texts is expected")
    return tuple(values)
