"""Inspects a token without opening the warehouse: its content, whether it is accepted or why not, what it may see."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from schema.access_policy import access_of
from schema.roles import Role
from server.identity.principal import Principal
from server.identity.tokens import Tokens, claimed
from warehouse.errors import MarqueeError
from warehouse.query.local_time import instant_text

_INSTANTS = frozenset({"iat", "nbf", "exp", "auth_time"})


@dataclass(frozen=True)
class Sight:
    """What an accepted token may see: root fields (an embed token: operations), masked columns, rows."""

    role: str
    permissions: list[str]
    operations: list[str]
    masks: dict[str, str]
    scope: dict[str, list[str]]
    attributes: list[str]


@dataclass(frozen=True)
class Inspection:
    """The result. `header` and `claims` are the token's own content, unverified if it is not accepted."""

    accepted: bool
    reason: str | None
    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    sees: Sight | None
    revocation: str = "not checked: it is stored in the warehouse"

    def as_json(self) -> str:
        """The result as one JSON object."""
        return json.dumps(asdict(self), indent=2)

    def as_text(self) -> str:
        """The result as lines of text; the token's content is JSON-escaped, so it can't send terminal sequences."""
        lines = list(self._lines())
        width = max(len(name) for name, _ in lines)
        return "\n".join(f"{name:<{width}}  {said}" for name, said in lines)

    def _lines(self) -> Iterator[tuple[str, str]]:
        yield "accepted", "yes" if self.accepted else f"no: {self.reason}"
        yield "revocation", self.revocation
        for part in (self.header, self.claims):
            yield from ((_shown(name), _told(name, value)) for name, value in part.items())
        for name, value in asdict(self.sees).items() if self.sees else ():
            yield f"sees {name}", _shown(value)


async def inspect(tokens: Tokens, token: str) -> Inspection:
    """Check a token as the server would, and decode its content."""
    header, claims = claimed(token)
    try:
        sees = _sight(await tokens.read(token))
    except MarqueeError as error:
        return Inspection(False, str(error), header, claims, None)
    return Inspection(True, None, header, claims, sees)


def _sight(principal: Principal) -> Sight:
    """Raises: Forbidden for a scope that can't be evaluated."""
    scope = {name: list(values) for name, values in principal.scope.items()}
    if principal.role is Role.INGEST:
        return Sight(principal.role.value, [], [], {}, scope, [])
    access = access_of(principal.subject, principal.role, principal.scope)
    operations = list(principal.grant.operations) if principal.grant else []
    return Sight(
        role=principal.role.value,
        permissions=[] if principal.grant else sorted(access.permissions),
        operations=operations,
        masks={column: strategy.value for column, strategy in access.masks.items()},
        scope=scope,
        attributes=sorted(access.attributes),
    )


def _told(name: str, value: Any) -> str:
    if name in _INSTANTS and isinstance(value, int):
        try:
            return instant_text(datetime.fromtimestamp(value, UTC))
        except (ValueError, OverflowError, OSError):
            return str(value)
    return _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, str) and value.isprintable():
        return value
    if isinstance(value, list) and value and all(isinstance(one, str) and one.isprintable() for one in value):
        return ", ".join(value)
    return json.dumps(value)
