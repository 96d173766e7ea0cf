"""Signing in at an OpenID provider: authorization code with PKCE, state and nonce; the ID token says who it is.

Source: https://openid.net/specs/openid-connect-core-1_0.html, https://www.rfc-editor.org/rfc/rfc7636.
"""

import asyncio
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import orjson

from server.identity.claims import ClaimNames, issued_principal
from server.identity.jwks import TIMEOUT_S, Jwks, checked_address, fetch_bounded
from server.identity.principal import Principal
from server.identity.refreshed import Refreshed
from server.identity.sign_in_attempt import Attempt
from server.identity.tokens import Issuer, issued_claims
from server.loopback import is_of_this_machine
from warehouse.errors import BadInput, Unauthenticated, Unavailable

CALLBACK = "/oidc/callback"
_DISCOVERY = "/.well-known/openid-configuration"
_OLD_S = 3_600.0
_MOST_BYTES = 65_536
_HINT = "Sign in again."
_ERROR_CODE = re.compile("[a-z_]{1,60}")
_BASIC = "client_secret_basic"


class NotAsSet(Unavailable):
    """The provider is not what the settings say: an administrator sets them, and to try again does not help."""


@dataclass(frozen=True)
class Endpoints:
    """What a provider's discovery document says."""

    authorization: str
    token: str
    keys: Jwks
    takes_basic: bool


@dataclass
class OidcProvider:
    """A provider, as its client. `returns_to` is the address to which it sends people back."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    returns_to: str
    scopes: str
    claims: ClaimNames
    _endpoints: Refreshed[Endpoints] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._endpoints = Refreshed(f"what {self.issuer} says of itself", self._discover, _OLD_S)

    async def address(self, attempt: Attempt) -> str:
        """Where a browser is sent to sign in.

        Raises: Unavailable if the provider does not answer; NotAsSet.
        """
        endpoints = await self._known()
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.returns_to,
            "scope": self.scopes,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in endpoints.authorization else "?"
        return f"{endpoints.authorization}{joint}{urlencode(asked)}"

    async def principal(self, attempt: Attempt, code: str) -> Principal:
        """Who came back with a code.

        Raises: Unauthenticated for a code that the provider refuses, or an ID token that is not for this attempt, this
        client and now, or has no role; Unavailable if the provider does not answer; NotAsSet.
        """
        endpoints = await self._known()
        token = await self._id_token(endpoints, attempt, code)
        issuer = Issuer(self.issuer, self.client_id, self.claims, endpoints.keys)
        claims = await issued_claims(token, issuer)
        nonce = claims.get("nonce")
        if not isinstance(nonce, str) or not secrets.compare_digest(nonce.encode(), attempt.nonce.encode()):
            raise Unauthenticated(f"The ID token is for another attempt to sign in. {_HINT}")
        # Of several audiences, `azp` says which one it was made for.
        is_shared = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if is_shared else self.client_id) != self.client_id:
            raise Unauthenticated(f"The ID token was made for another client. {_HINT}")
        if not claims["sub"]:
            raise Unauthenticated(f"The ID token names nobody. {_HINT}")
        return issued_principal(claims, self.claims)

    async def _known(self) -> Endpoints:
        known = self._endpoints
        running = known.refresh() if known.is_old else None
        if running and known.value is None:
            await running
        if known.value is not None:
            return known.value
        if isinstance(known.failure, NotAsSet):
            raise NotAsSet(str(known.failure)) from known.failure
        reason = type(known.failure).__name__
        raise Unavailable(f"The sign-in provider {self.issuer} can't be reached ({reason}). Try again.")

    async def _discover(self) -> Endpoints:
        address = f"{self.issuer.rstrip('/')}{_DISCOVERY}"
        told = orjson.loads(await fetch_bounded(address))
        named = told.get("issuer") if isinstance(told, dict) else None
        if named != self.issuer:
            raise NotAsSet(
                f"MARQUEE_OIDC_ISSUER says {self.issuer!r}, and the provider there calls itself {str(named)[:200]!r}. "
                "Set it to what the provider says, letter by letter."
            )
        try:
            return self._read(told)
        except (KeyError, TypeError, BadInput) as error:
            raise NotAsSet(f"{address} does not say how to sign in: {type(error).__name__}: {error}") from error

    def _read(self, told: Mapping[str, Any]) -> Endpoints:
        # Without a list, basic is the default of the specification.
        takes_basic = _BASIC in told.get("token_endpoint_auth_methods_supported", [_BASIC])
        known = self._endpoints.value.keys if self._endpoints.value else None
        keys = known if known and known.address == told["jwks_uri"] else Jwks(told["jwks_uri"])
        return Endpoints(
            checked_address(told["authorization_endpoint"], "The provider's authorization_endpoint"),
            checked_address(told["token_endpoint"], "The provider's token_endpoint"),
            keys,
            takes_basic,
        )

    async def _id_token(self, endpoints: Endpoints, attempt: Attempt, code: str) -> str:
        """Exchange a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.returns_to,
            "code_verifier": attempt.verifier,
            **({} if endpoints.takes_basic else {"client_id": self.client_id, "client_secret": self.client_secret}),
        }
        # As RFC 6749 has it, both are encoded like a form's.
        basic = httpx.BasicAuth(quote(self.client_id, ""), quote(self.client_secret, ""))
        try:
            async with (
                asyncio.timeout(TIMEOUT_S),
                httpx.AsyncClient(
                    timeout=TIMEOUT_S,
                    follow_redirects=False,
                    trust_env=not is_of_this_machine(endpoints.token),
                    auth=basic if endpoints.takes_basic else None,
                ) as client,
            ):
                answer = await client.post(endpoints.token, data=form, headers={"Accept": "application/json"})
        except (OSError, TimeoutError, httpx.HTTPError) as error:
            raise Unavailable("The sign-in provider does not answer. Try again.") from error
        if answer.status_code >= 500:
            raise Unavailable(f"The sign-in provider answered {answer.status_code}. Try again.")
        told = _object(answer)
        token = told.get("id_token")
        if answer.status_code != 200 or not isinstance(token, str):
            raise Unauthenticated(f"The provider refused the code: {error_code(told.get('error'))}. {_HINT}")
        return token


def error_code(told: object) -> str:
    """The code of an error that a provider told, or that anybody wrote into the address of the callback."""
    return told if isinstance(told, str) and _ERROR_CODE.fullmatch(told) else "it did not say why"


def _object(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        told = orjson.loads(answer.content) if len(answer.content) <= _MOST_BYTES else None
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {}
