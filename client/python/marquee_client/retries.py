"""When a failed request is sent again, and how long after."""

import random
from dataclasses import dataclass

from marquee_client.errors import MarqueeError


@dataclass(frozen=True)
class Retries:
    """At most `most` tries after the first, each after what the server asks for (`Retry-After`), or else twice the
    pause before, in seconds. A server that asks for more than `longest_pause_s` is not waited for.
    """

    most: int = 3
    first_pause_s: float = 0.5
    longest_pause_s: float = 60.0

    def pause_s(self, number: int, error: MarqueeError) -> float | None:
        """The pause before try `number`, counted from 1; None if there is none."""
        if number > self.most or not error.is_transient:
            return None
        if error.retry_after_s is not None:
            return error.retry_after_s if error.retry_after_s <= self.longest_pause_s else None
        # Clients that failed together do not come back together.
        pause_s = self.first_pause_s * 2.0 ** (number - 1)
        return min(pause_s * random.uniform(0.75, 1.25), self.longest_pause_s)
