"""An issuer's public keys from its JWKS address: fetched on first use, and again if they are old or lack a key.

While it does not answer, the known keys stay in use without waiting.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
import orjson
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK, PyJWTError

from server.identity.refreshed import Refreshed
from server.loopback import is_loopback, is_of_this_machine
from warehouse.errors import BadInput, Unauthenticated, Unavailable

log = logging.getLogger("marquee.jwks")

OLD_S = 300.0
TIMEOUT_S = 3.0
MOST_BYTES = 512 * 1024
MOST_KEYS = 100
SMALLEST_RSA_BITS = 2048
# The key's type and curve alone decide its algorithm.
_ALGORITHMS = {("RSA", "None"): "RS256", ("EC", "P-256"): "ES256"}
ALGORITHMS = tuple(_ALGORITHMS.values())

Key = RSAPublicKey | EllipticCurvePublicKey
# By algorithm and key id.
Keys = Mapping[tuple[str, str], Key]


class Jwks:
    """Keys by algorithm and id. Bound to the event loop of the first caller."""

    def __init__(
        self,
        address: str,
        fetch: Callable[[str], Awaitable[bytes]] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises: BadInput for an address whose response could be tampered with in transit."""
        self.address = checked_address(address, "MARQUEE_JWKS_URL")
        self._fetch = fetch or fetch_bounded
        self._keys = Refreshed(f"the list of keys at {address}", self._read, OLD_S, clock)

    async def find(self, algorithm: str, key_id: str) -> Key:
        """The key for an algorithm and id.

        Raises: Unauthenticated if the issuer does not publish it, Unavailable if the issuer does not answer.
        """
        keys = self._keys
        key = self._known(algorithm, key_id)
        if key is None or keys.is_old:
            running = keys.refresh()
            if running and (key is None or keys.failure is None):
                await running
                key = self._known(algorithm, key_id)
        if key is not None:
            return key
        if keys.failure is not None:
            raise Unavailable(
                "The token issuer does not answer, and the key of this token is not known yet. Try again."
            )
        raise Unauthenticated(
            "The token is signed by a key that its issuer does not publish. Get a new one from there."
        )

    def _known(self, algorithm: str, key_id: str) -> Key | None:
        return (self._keys.value or {}).get((algorithm, key_id))

    async def _read(self) -> Keys:
        return read_keys(await self._fetch(self.address))


async def fetch_bounded(address: str) -> bytes:
    """The body at an address, with a time and a size limit; redirects are errors.

    Raises: OSError, TimeoutError, httpx.HTTPError, ValueError.
    """
    # Local requests bypass proxies. Compressed responses could exceed the size limit when unpacked, so none are
    # accepted.
    trust_env = not is_of_this_machine(address)
    async with (
        asyncio.timeout(TIMEOUT_S),
        httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, trust_env=trust_env) as client,
        client.stream("GET", address, headers={"Accept": "application/json", "Accept-Encoding": "identity"}) as answer,
    ):
        if answer.status_code != 200:
            raise ValueError(f"the status is {answer.status_code}")
        body = bytearray()
        async for chunk in answer.aiter_raw():
            body += chunk
            if len(body) > MOST_BYTES:
                raise ValueError(f"the answer is larger than {MOST_BYTES} bytes")
        return bytes(body)


def read_keys(text: bytes) -> Keys:
    """The keys of a JWKS document for RS256 or ES256; others are skipped.

    Raises: ValueError if there are none.
    """
    document: Any = orjson.loads(text)
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list) or len(entries) > MOST_KEYS:
        raise ValueError(f"the document is not a list of up to {MOST_KEYS} keys")
    keys: dict[tuple[str, str], Key] = {}
    for entry in entries:
        found = _key(entry) if isinstance(entry, dict) else None
        if found:
            algorithm, key = found
            keys[algorithm, entry["kid"]] = key
    if not keys:
        raise ValueError("the document has no key for RS256 or ES256")
    return keys


def _key(entry: dict[str, Any]) -> tuple[str, Key] | None:
    """A key and its algorithm; None for a key that is unsuitable, private or too short."""
    algorithm = _ALGORITHMS.get((str(entry.get("kty")), str(entry.get("crv"))))
    fits = (
        entry.get("alg", algorithm) == algorithm
        and entry.get("use", "sig") == "sig"
        and "verify" in str(entry.get("key_ops", "verify"))
        and isinstance(entry.get("kid"), str)
        and "d" not in entry
    )
    if algorithm is None or not fits:
        return None
    try:
        key = PyJWK(entry, algorithm).key
    except (PyJWTError, ValueError, TypeError) as error:
        log.warning("a key of the issuer can't be read: %s", type(error).__name__)
        return None
    if isinstance(key, RSAPublicKey) and key.key_size < SMALLEST_RSA_BITS:
        return None
    return algorithm, key


def checked_address(address: str, what: str) -> str:
    """An address whose answers nobody can change on the way.

    Raises: BadInput for another one.
    """
    try:
        found = httpx.URL(address)
    except httpx.InvalidURL:
        found = httpx.URL()
    if not (found.host and (found.scheme == "https" or (found.scheme == "http" and is_loopback(found.host)))):
        raise BadInput(
            f"{what} is {address!r}, expected https://..., or http:// on this machine: anyone who could "
            "change the answer could sign tokens."
        )
    return address
