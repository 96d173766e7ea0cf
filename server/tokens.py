"""Tokens: HS256 JSON web tokens that carry subject, role and row scope; embed tokens also what they may run, and
where.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import jwt

from schema.policy import Role
from warehouse.errors import BadInput, Unauthenticated

ALGORITHM = "HS256"
ISSUER = "marquee"
AUDIENCE = "marquee"
LEEWAY_S = 10
_TTL = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Grant:
    """What an embed token may run: one published operation, with variables that can't be overridden, in one origin."""

    operation: str
    variables: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    origin: str | None = None


@dataclass(frozen=True)
class Principal:
    """Who a token stands for. An empty scope is no limit; `grant` is an embed token's."""

    subject: str
    role: Role
    scope: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)
    grant: Grant | None = None


def issue(secret: bytes, principal: Principal, ttl: timedelta) -> str:
    """A signed token that ends after `ttl`."""
    now = datetime.now(UTC)
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": principal.subject,
        "iat": now,
        "exp": now + ttl,
        "jti": secrets.token_urlsafe(12),
        "role": principal.role.value,
    }
    if principal.scope:
        claims["scope"] = {name: list(values) for name, values in principal.scope.items()}
    if principal.grant:
        grant = principal.grant
        claims["embed"] = {"operation": grant.operation, "variables": dict(grant.variables), "origin": grant.origin}
    return jwt.encode(claims, secret, algorithm=ALGORITHM)


def verify(secret: bytes, token: str) -> Principal:
    """The principal of a token.

    Raises: Unauthenticated, which says what is wrong with the token but nothing of the secret.
    """
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            leeway=LEEWAY_S,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
    except jwt.ExpiredSignatureError as error:
        raise Unauthenticated(
            "The token has expired. Get a new one: marquee token issue --role analyst --ttl 1h"
        ) from error
    except jwt.InvalidTokenError as error:
        raise Unauthenticated(
            "The token is not valid here. Get one with: marquee token issue --role analyst --ttl 1h"
        ) from error
    return _principal(claims)


def _principal(claims: Mapping[str, Any]) -> Principal:
    """Raises: Unauthenticated when a claim has another shape than `issue` gives it."""
    try:
        role = Role(str(claims.get("role")))
        scope = {str(name): _texts(values) for name, values in claims.get("scope", {}).items()}
        embed = claims.get("embed")
        grant = (
            Grant(str(embed["operation"]), MappingProxyType(dict(embed["variables"])), embed["origin"])
            if embed
            else None
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unauthenticated(
            "The token's claims can't be understood. Get a new one with: marquee token issue"
        ) from error
    if (role is Role.EMBED) != (grant is not None):
        raise Unauthenticated("The token's claims contradict each other: `embed` goes with the role embed only.")
    return Principal(str(claims["sub"]), role, MappingProxyType(scope), grant)


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError("a scope is a list of texts")
    return tuple(values)


def parse_ttl(text: str) -> timedelta:
    """A time to live: `90s`, `30m`, `1h`, `7d`.

    Raises: BadInput.
    """
    match = _TTL.fullmatch(text)
    if not match:
        raise BadInput(f"--ttl is {text!r}, expected a number with s, m, h or d: 90s, 30m, 1h, 7d.")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def parse_scope(pairs: list[str]) -> Mapping[str, tuple[str, ...]]:
    """A row scope from `name=value[,value]` pairs.

    Raises: BadInput.
    """
    scope: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        name, found, values = pair.partition("=")
        if not found or not name or not all(values.split(",")):
            raise BadInput(f"--scope is {pair!r}, expected name=value or name=value,value: country=US,CA.")
        scope[name] = scope.get(name, ()) + tuple(values.split(","))
    return MappingProxyType(scope)
