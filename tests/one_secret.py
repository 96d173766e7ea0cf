"""One secret that signs for good, for tests that need no file."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class OneSecret:
    """Takes the place of the secret file."""

    secret: bytes

    def accepted(self) -> Sequence[bytes]:
        """The secret."""
        return (self.secret,)
