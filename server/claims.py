"""Claims: what our own tokens carry about a principal, and how it is read back; what is not understood is refused."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from schema.policy import Role
from server.principal import Grant, Principal
from warehouse.errors import Unauthenticated


def claims_of(principal: Principal) -> dict[str, Any]:
    """The claims that say who a principal is and what it may do."""
    claims: dict[str, Any] = {"sub": principal.subject, "role": principal.role.value}
    if principal.scope:
        claims["scope"] = {name: list(values) for name, values in principal.scope.items()}
    if principal.grant:
        grant = principal.grant
        claims["embed"] = {
            "operations": list(grant.operations),
            "variables": dict(grant.variables),
            "origin": grant.origin,
        }
    return claims


def own_principal(claims: Mapping[str, Any]) -> Principal:
    """The principal of a token that we signed.

    Raises: Unauthenticated when a claim has another shape than `claims_of` gives it.
    """
    try:
        role = Role(claims["role"])
        scope = scope_of(claims.get("scope", {}))
        grant = _grant_of(claims["embed"]) if claims.get("embed") else None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unauthenticated(
            "The token's claims can't be understood. Get a new one with: marquee token issue"
        ) from error
    if (role is Role.EMBED) != (grant is not None):
        raise Unauthenticated("The token's claims contradict each other: `embed` goes with the role embed only.")
    return Principal(claims["sub"], role, scope, grant)


def scope_of(value: Any) -> Mapping[str, tuple[str, ...]]:
    """A row scope from its claim.

    Raises: TypeError for all but an object of lists of texts.
    """
    if not isinstance(value, Mapping):
        raise TypeError("a scope is an object")
    return MappingProxyType({name: _texts(values) for name, values in value.items()})


def _grant_of(value: Mapping[str, Any]) -> Grant:
    operations, origin = _texts(value["operations"]), value["origin"]
    if not operations or not (origin is None or isinstance(origin, str)):
        raise TypeError("an embed token names operations, and an origin or null")
    return Grant(operations, MappingProxyType(dict(value["variables"])), origin)


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError("a list of texts is expected")
    return tuple(values)
