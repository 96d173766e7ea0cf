"""An attempt to sign in at a provider."""

import base64
import hashlib
import secrets
from dataclasses import dataclass


@dataclass(frozen=True)
class Attempt:
    """One attempt to sign in, which its browser keeps until it comes back: what is sent with it, and where to go then.

    The provider sees the hash of `verifier` first, and `verifier` with the code: a stolen code is worth nothing.
    """

    state: str
    nonce: str
    verifier: str
    path: str

    @classmethod
    def new(cls, path: str) -> "Attempt":
        """A new one; none can be guessed."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, path)

    @property
    def challenge(self) -> str:
        """The hash of the verifier."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
