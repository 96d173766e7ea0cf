"""JSON web tokens, signed by our secret with HS256, or by an issuer's key with RS256 or ES256.

The key decides the algorithm, never the token's header: HS256 is only checked with our secret, the others only with the
issuer's published keys. Embed tokens are always our own.
"""

import secrets as random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Protocol

import jwt
from cachetools import LRUCache

from schema.access_policy import LONGEST_ISSUED, LONGEST_TOKEN
from server.identity.claims import ClaimNames, claims_of, issued_principal, own_principal
from server.identity.jwks import ALGORITHMS, Jwks
from server.identity.principal import Principal
from server.identity.sign_in_attempt import Attempt
from warehouse.errors import Unauthenticated

ALGORITHM = "HS256"
ISSUER = "marquee"
AUDIENCE = "marquee"
# The code of a sign-in link is not a token: only the exchange accepts it.
LINK_AUDIENCE = "marquee-link"
# What browsers keep in cookies counts there only: an attempt to sign in at a provider, and a session of the pages.
_ATTEMPT_AUDIENCE = "marquee-attempt"
_SESSION_AUDIENCE = "marquee-session"
LEEWAY = timedelta(seconds=10)
LONGEST = 8_192
# Verified tokens that are remembered: verifying one takes as long as sending a kept answer.
_REMEMBERED = 1_024
# Until then a remembered token may outlive its secret.
_KNOWN_FOR_S = 0.05
_HINT = "Get one with: marquee token issue --role analyst --ttl 1h"
_SESSION_HINT = "Sign in again."
_LINK_HINT = "Ask for a new link; on the server: marquee token link --role analyst"
# Headers that contain a key or point to one. Legitimate tokens don't need them.
_STRANGE = frozenset({"jku", "jwk", "x5u", "x5c"})


class Secrets(Protocol):
    """The secrets that sign our tokens."""

    def accepted(self, at_most_old_s: float = 0.0) -> Sequence[bytes]:
        """The valid secrets, now or at most so long ago; the first one signs."""
        ...


@dataclass(frozen=True)
class Issuer:
    """An external issuer whose tokens are accepted if made for our audience."""

    name: str
    audience: str
    claims: ClaimNames
    keys: Jwks


@dataclass(frozen=True)
class Issued:
    """A new token, its id for revocation, and its expiry."""

    token: str
    token_id: str
    expires_at: datetime


@dataclass(frozen=True)
class Tokens:
    """Issues and reads tokens."""

    secrets: Secrets
    issuer: Issuer | None = None
    _verified: LRUCache[tuple[bytes, tuple[bytes, ...]], Principal] = field(
        default_factory=lambda: LRUCache(_REMEMBERED), repr=False, compare=False
    )

    def issue(self, principal: Principal, ttl: timedelta) -> Issued:
        """A token that expires after `ttl`."""
        return issue(self.secrets.accepted()[0], principal, ttl)

    def issue_session(self, principal: Principal) -> Issued:
        """A session in place of a verified token: with its id, so that revoking it ends both, and its times."""
        assert principal.token_id
        assert principal.expires_at
        times = {"iat": principal.issued_at or datetime.now(UTC), "exp": principal.expires_at}
        claims = claims_of(principal) | times | {"jti": principal.token_id}
        return _signed(self.secrets.accepted()[0], claims, timedelta(), AUDIENCE)

    def issue_link(self, principal: Principal, ttl: timedelta, within: timedelta) -> Issued:
        """What a link carries that can be exchanged `within` a time for a token that lasts for `ttl`."""
        claims = claims_of(principal) | {"ttl_s": int(ttl.total_seconds())}
        return _signed(self.secrets.accepted()[0], claims, within, LINK_AUDIENCE)

    def read_link(self, link: str) -> tuple[Principal, timedelta]:
        """Whom a link signs in, with its own id and expiry, and for how long. That it was not used is not checked here.

        Raises: Unauthenticated.
        """
        _header(link)
        claims = _decode(link, self.secrets.accepted(), ALGORITHM, ISSUER, LINK_AUDIENCE, _LINK_HINT)
        ttl_s = claims.get("ttl_s")
        if type(ttl_s) is not int or not 0 < ttl_s <= LONGEST_TOKEN.total_seconds():
            raise Unauthenticated(f"The link is malformed. {_LINK_HINT}")
        return _identified(own_principal(claims), claims, link), timedelta(seconds=ttl_s)

    def issue_attempt(self, attempt: Attempt, within: timedelta) -> Issued:
        """What a browser keeps of an attempt to sign in."""
        claims = {"sub": "attempt", **asdict(attempt)}
        return _signed(self.secrets.accepted()[0], claims, within, _ATTEMPT_AUDIENCE)

    def read_attempt(self, kept: str) -> Attempt:
        """An attempt that a browser kept. That it was not used is not checked here.

        Raises: Unauthenticated.
        """
        _header(kept)
        claims = _decode(kept, self.secrets.accepted(), ALGORITHM, ISSUER, _ATTEMPT_AUDIENCE, _SESSION_HINT)
        return Attempt(*(str(claims[name]) for name in ("state", "nonce", "verifier", "path")))

    def issue_page_session(self, principal: Principal, provider: str, ttl: timedelta) -> Issued:
        """A session of the pages for somebody whom a provider signed in."""
        return _signed(
            self.secrets.accepted()[0], claims_of(principal) | {"provider": provider}, ttl, _SESSION_AUDIENCE
        )

    def read_page_session(self, session: str) -> Principal:
        """The principal of a session of the pages, who is the provider's. Revocation is not checked here.

        Raises: Unauthenticated.
        """
        _header(session)
        claims = _decode(session, self.secrets.accepted(), ALGORITHM, ISSUER, _SESSION_AUDIENCE, _SESSION_HINT)
        return replace(_identified(own_principal(claims), claims, session), issuer=str(claims["provider"]))

    def check(self) -> None:
        """Raises: Unavailable when the secrets can't be used, so that no token is accepted."""
        self.secrets.accepted()

    async def read(self, token: str) -> Principal:
        """The principal of a token. Revocation is not checked here; that is in the warehouse.

        Raises: Unauthenticated saying what is wrong with the token, without details of our secrets; Unavailable if the
        issuer's keys can't be fetched.
        """
        # To look at the file for each request would take a tenth of the time of a kept answer.
        accepted = tuple(self.secrets.accepted(at_most_old_s=_KNOWN_FOR_S))
        mark = sha256(token.encode("utf-8", "replace")).digest()
        known = self._verified.get((mark, accepted))
        if known is not None and _lasts(known):
            return known
        accepted = tuple(self.secrets.accepted())
        header = _header(token)
        if self.issuer and header.get("alg") in ALGORITHMS:
            return await _issued(token, header, self.issuer)
        claims = _decode(token, accepted, ALGORITHM, ISSUER, AUDIENCE)
        principal = _identified(own_principal(claims), claims, token)
        self._verified[mark, accepted] = principal
        return principal


def _lasts(principal: Principal) -> bool:
    """Whether a verified token has not expired since."""
    return principal.expires_at is not None and principal.expires_at + LEEWAY > datetime.now(UTC)


async def _issued(token: str, header: dict[str, Any], issuer: Issuer) -> Principal:
    claims = await _issued_claims(token, header, issuer)
    principal = _identified(issued_principal(claims, issuer.claims), claims, token)
    if principal.expires_at is None or principal.expires_at - datetime.now(UTC) > LONGEST_ISSUED:
        raise Unauthenticated(
            f"The token expires more than {LONGEST_ISSUED.days} days from now. Ask the administrator of its issuer for "
            "shorter ones."
        )
    return principal


async def issued_claims(token: str, issuer: Issuer) -> dict[str, Any]:
    """The claims of an issuer's token, whose signature, issuer, audience and expiry were checked.

    Raises: Unauthenticated; Unavailable if the issuer's keys can't be fetched.
    """
    header = _header(token)
    if header.get("alg") not in ALGORITHMS:
        raise Unauthenticated(f"The token is signed by {str(header.get('alg'))[:20]}. Use {', '.join(ALGORITHMS)}.")
    return await _issued_claims(token, header, issuer)


async def _issued_claims(token: str, header: dict[str, Any], issuer: Issuer) -> dict[str, Any]:
    key_id = header.get("kid")
    if not key_id:
        raise Unauthenticated("The token's header has no kid, which names the issuer's key to check it with.")
    key = await issuer.keys.find(header["alg"], key_id)
    return _decode(token, [key], header["alg"], issuer.name, issuer.audience, f"Get a new one from {issuer.name}.")


def issue(secret: bytes, principal: Principal, ttl: timedelta) -> Issued:
    """A token signed by a secret that expires after `ttl`."""
    return _signed(secret, claims_of(principal), ttl, AUDIENCE)


def _signed(secret: bytes, claims: Mapping[str, Any], ttl: timedelta, audience: str) -> Issued:
    now = datetime.now(UTC).replace(microsecond=0)
    token_id = random.token_urlsafe(12)
    whole = {"iss": ISSUER, "aud": audience, "iat": now, "exp": now + ttl, "jti": token_id, **claims}
    return Issued(jwt.encode(whole, secret, algorithm=ALGORITHM), whole["jti"], whole["exp"])


def claimed(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A token's header and claims, unverified, for display.

    Raises: Unauthenticated for malformed text.
    """
    try:
        found = jwt.decode_complete(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError) as error:
        raise Unauthenticated(f"Malformed token. {_HINT}") from error
    return found["header"], found["payload"]


def _header(token: str) -> dict[str, Any]:
    """The unverified header, used only to choose which of our keys to try."""
    if len(token) > LONGEST:
        raise Unauthenticated(f"The token has more than {LONGEST} characters. {_HINT}")
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError) as error:
        raise Unauthenticated(f"Malformed token. {_HINT}") from error
    strange = sorted(_STRANGE & set(header))
    if strange:
        raise Unauthenticated(f"The token's header has {strange[0]}, which is not accepted here. {_HINT}")
    return header


def _decode(
    token: str, keys: Sequence[Any], algorithm: str, issuer: str, audience: str, hint: str = _HINT
) -> dict[str, Any]:
    """The claims of a token, verified with any of the keys."""
    for key in keys:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                issuer=issuer,
                audience=audience,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.InvalidSignatureError:
            continue  # another key may match
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise Unauthenticated(f"{_reason(error)} {hint}") from error
    raise Unauthenticated(f"The token is not signed by an accepted key. {hint}")


def _reason(error: Exception) -> str:
    """What is wrong with the claims of a token with a valid signature."""
    match error:
        case jwt.ExpiredSignatureError():
            return "The token has expired."
        case jwt.ImmatureSignatureError():
            return "The token is not valid yet."
        case jwt.MissingRequiredClaimError():
            return f"The token lacks the claim {error.claim}."
        case jwt.InvalidIssuerError():
            return "The token is from another issuer."
        case jwt.InvalidAudienceError():
            return "The token is made for another audience."
    return "The token is not valid here."


def _identified(principal: Principal, claims: dict[str, Any], token: str) -> Principal:
    """The principal with its token's id and expiry; without an id, the signed part serves as one."""
    signed, _, _ = token.rpartition(".")
    expires_at = _instant(claims["exp"])
    if not principal.subject:
        raise Unauthenticated(f"The token's subject is empty. {_HINT}")
    token_id = claims.get("jti") or sha256(signed.encode()).hexdigest()[:32]
    issued_at = _instant(claims["iat"]) if "iat" in claims else None
    return replace(principal, token_id=token_id, expires_at=expires_at, issuer=claims["iss"], issued_at=issued_at)


def _instant(seconds: Any) -> datetime:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, TypeError, OverflowError, OSError) as error:
        raise Unauthenticated(f"A time in the token is out of range. {_HINT}") from error
