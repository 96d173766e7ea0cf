"""Signing in at a provider: attempts, each good once, and the sessions of the pages that they lead to."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from anyio import to_thread

from schema.access_policy import access_of
from server.identity.principal import Principal
from server.identity.sign_in_attempt import Attempt
from server.identity.token_service import LocalTokenService
from server.identity.tokens import LEEWAY, Issued, Tokens
from warehouse.errors import Unauthenticated
from warehouse.revocations import Revocations

_WITHIN = timedelta(minutes=10)


class AttemptLost(Unauthenticated):
    """Who comes back is not who was sent, was back before, or took too long."""


@dataclass(frozen=True)
class PageSessions:
    """Sessions last for `ttl`."""

    tokens: Tokens
    token_service: LocalTokenService
    revocations: Revocations
    ttl: timedelta

    def begin(self, path: str) -> tuple[Attempt, str]:
        """A new attempt that leads to a page, and the text that its browser keeps of it."""
        attempt = Attempt.new(path)
        return attempt, self.tokens.issue_attempt(attempt, _WITHIN).token

    def come_back(self, kept: str, state: str) -> Attempt:
        """The attempt of a browser that comes back with what it kept, and a state. That it was not used is not checked
        here.

        Raises: AttemptLost.
        """
        try:
            attempt = self.tokens.read_attempt(kept)
        except Unauthenticated as error:
            raise AttemptLost("This browser did not begin to sign in, or took too long. Sign in again.") from error
        if not secrets.compare_digest(attempt.state.encode(), state.encode()):
            raise AttemptLost("This is not the attempt that the browser began. Sign in again.")
        return attempt

    async def use(self, attempt: Attempt) -> None:
        """Use an attempt whose code the provider took. It is kept in the warehouse, so none of strangers gets here.

        Raises: AttemptLost for one that was used before.
        """
        # It began earlier, so it has expired by then.
        until = datetime.now(UTC) + _WITHIN + LEEWAY
        if not await to_thread.run_sync(self.revocations.count_use, f"sign-in {attempt.state}", until, "oidc"):
            raise AttemptLost("This attempt to sign in came back before. Sign in again.")

    async def start(self, principal: Principal, issuer: str) -> Issued:
        """A session of somebody whom a provider signed in.

        Raises: Unauthenticated, Forbidden, BadInput for a scope or role that can be none here; SessionTooLarge.
        """
        access_of(principal.subject, principal.role, principal.scope)
        return await self.token_service.start_session(principal, issuer, self.ttl)

    async def end(self, principal: Principal) -> None:
        """End a session, wherever it is open."""
        assert principal.token_id
        assert principal.expires_at
        until = principal.expires_at + LEEWAY
        await to_thread.run_sync(self.revocations.add, principal.token_id, until, principal.subject)
