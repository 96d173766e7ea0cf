"""Budgets: how much one subject's requests may cost per minute, in memory for the most recent subjects.

Each process counts separately. The amounts are `LIMITS` of `schema/access_policy.py`.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

from warehouse.errors import Overloaded

MINUTE_S = 60.0
MOST_SUBJECTS = 10_000


class TooManyRequests(Overloaded):
    """A subject has used up its budget; the same request fits again after `retry_after_s` whole seconds."""

    def __init__(self, cost: int, per_minute: int, retry_after_s: int) -> None:
        super().__init__(
            f"This request costs {cost:,}, more than is left of your {per_minute:,} a minute. Try again in "
            f"{retry_after_s} s."
        )
        self.retry_after_s = retry_after_s


class TooManyRefusals(Overloaded):
    """An address has sent too many requests without a valid token; `retry_after_s` as above."""

    retry_after_s = 1

    def __init__(self) -> None:
        super().__init__(
            "Too many requests without a valid token come from your address. Check your token, and slow down."
        )


class Budget:
    """A token bucket per subject: it holds one minute's cost and refills evenly. A subject that spent more than was
    charged is in debt, and waits until it has refilled.

    Beyond `most_subjects`, the least recent subject is dropped. It starts again with a full bucket, which it would have
    after a minute anyway.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, most_subjects: int = MOST_SUBJECTS) -> None:
        self._clock = clock
        self._most = most_subjects
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def charge(self, subject: Hashable, cost: int, per_minute: int) -> None:
        """Charge a request's cost. What costs nothing is never refused, not even in debt.

        Raises: TooManyRequests, without charging anything.
        """
        self._set(subject, self.check(subject, cost, per_minute) - cost)

    def check(self, subject: Hashable, cost: int, per_minute: int) -> float:
        """What is left of a subject's budget, if that covers a cost.

        Raises: TooManyRequests.
        """
        left = self._filled(subject, per_minute)
        if cost > max(left, 0.0):
            raise TooManyRequests(cost, per_minute, math.ceil((cost - left) * MINUTE_S / per_minute))
        return left

    def spend(self, subject: Hashable, cost: float, per_minute: int) -> None:
        """Charge what turned out to be spent, whether or not it is left."""
        self._set(subject, self._filled(subject, per_minute) - cost)

    def _filled(self, subject: Hashable, per_minute: int) -> float:
        now = self._clock()
        left, at = self._left.get(subject, (float(per_minute), now))
        return min(per_minute, left + (now - at) * per_minute / MINUTE_S)

    def _set(self, subject: Hashable, left: float) -> None:
        self._left[subject] = (left, self._clock())
        self._left.move_to_end(subject)
        if len(self._left) > self._most:
            self._left.popitem(last=False)
