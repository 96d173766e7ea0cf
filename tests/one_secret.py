"""One secret that signs for good, for tests that need no file."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class OneSecret:
    """Takes the place of the secret file."""

    secret: bytes

    def accepted(self, at_most_old_s: float = 0.0) -> Sequence[bytes]:  # noqa: ARG002 - the signature is the protocol's
        """The secret."""
        return (self.secret,)
