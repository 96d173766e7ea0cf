"""Who sends requests: the token in an `Authorization` header, checked against revocations; refusals by address."""

from collections.abc import Awaitable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from anyio import to_thread

from server.answering.audit import name_asker
from server.answering.budget import Budget, TooManyRefusals, TooManyRequests
from server.answering.operation_catalogue import OperationCatalogue
from server.http.challenge import NoToken
from server.http.connections import network_of
from server.identity.principal import Principal
from server.identity.token_service import subject_key
from server.identity.tokens import Tokens
from warehouse.errors import Unauthenticated
from warehouse.revocations import Revocations

# Requests of one network address that are refused for want of a valid token, or begin to sign in: more are not even
# told why.
MOST_REFUSALS_A_MINUTE = 1_200


T = TypeVar("T")


class Attend(Protocol):
    """Runs work for as long as somebody waits for it."""

    def __call__(self, work: Coroutine[Any, Any, T]) -> Awaitable[T]: ...


async def to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Run work to its end, even if nobody waits for it."""
    return await work


@dataclass(frozen=True)
class Caller:
    """Who sent a request, and from which network address (`local` for a command). `attend` runs
    the work on an answer, and may end it when nobody waits any more."""

    principal: Principal
    address: str = "local"
    attend: Attend = field(default=to_the_end, repr=False, compare=False)


class ReadsCallers(Protocol):
    """Tells who sends a request."""

    async def read(self, authorization: str | None, address: str) -> Caller:
        """The caller that an `Authorization` header identifies, at a network address.

        Raises: Unauthenticated.
        """
        ...


@dataclass(eq=False)
class Callers:
    """Reads tokens into callers. Every request passes here first, so what other processes change meanwhile is looked up
    here: revocations, and the operations that admins published.
    """

    tokens: Tokens
    revocations: Revocations
    operations: OperationCatalogue
    refusals: Budget = field(default_factory=Budget)

    async def read(self, authorization: str | None, address: str) -> Caller:
        """The caller that an `Authorization` header identifies; call again for connections that stay open.

        Raises: Unauthenticated; TooManyRefusals where that happens too often at an address. A valid token always
        counts.
        """
        with self.counting_refusals(address):
            scheme, _, session = (authorization or "").partition(" ")
            if scheme.lower() == "session":
                return Caller(await self._counting(self.tokens.read_page_session(session)), address)
            return Caller(await self.principal(_bearer(authorization)), address)

    @contextmanager
    def counting_refusals(self, address: str) -> Iterator[None]:
        """Count a refusal in the block.

        Raises: TooManyRefusals instead, where that happens too often at an address.
        """
        try:
            yield
        except Unauthenticated:
            self.count_stranger(address)
            raise

    def count_stranger(self, address: str) -> None:
        """Count a request of whoever has no token, or no valid one.

        Raises: TooManyRefusals.
        """
        try:
            self.refusals.charge(network_of(address), 1, MOST_REFUSALS_A_MINUTE)
        except TooManyRequests as error:
            raise TooManyRefusals from error

    async def principal(self, token: str) -> Principal:
        """The principal of a token that is valid now.

        Raises: Unauthenticated.
        """
        return await self._counting(await self.tokens.read(token))

    async def _counting(self, principal: Principal) -> Principal:
        """A principal that was not revoked."""
        name_asker(principal)
        if self.revocations.is_stale:
            await to_thread.run_sync(self.revocations.read)
        if principal.token_id in self.revocations or self.is_ended(principal):
            raise Unauthenticated("The token was revoked. Ask an administrator for a new one.")
        await self.operations.catch_up()
        return principal

    def is_ended(self, principal: Principal) -> bool:
        """Whether all tokens of the principal's subject were revoked after this one was issued."""
        ended_at = self.revocations.revoked_at(subject_key(principal.issuer or "", principal.subject))
        # Tokens tell whole seconds.
        return ended_at is not None and (principal.issued_at or ended_at) <= ended_at


def _bearer(authorization: str | None) -> str:
    """The token in an `Authorization` header.

    Raises: NoToken.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NoToken(
            "No token. Send the header `Authorization: Bearer ...`; get a token with: marquee token "
            "issue --role analyst --ttl 1h"
        )
    return token.strip()
