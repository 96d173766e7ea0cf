"""Budgets: how much one subject's requests may cost per minute, in memory for the most recent subjects.

What other processes on the same server have charged is learnt within a second or two. The amounts are `LIMITS` of
`schema/access_policy.py`.
"""

import math
import threading
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
    after a minute anyway. `on_spent` is called with what is charged here: the subject, how much, of how much a minute.
    Safe to use from threads.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        most_subjects: int = MOST_SUBJECTS,
        on_spent: Callable[[Hashable, float, int], object] = lambda *_: None,
    ) -> None:
        self._clock = clock
        self._most = most_subjects
        self._on_spent = on_spent
        self._change = threading.Lock()
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def charge(self, subject: Hashable, cost: int, per_minute: int) -> None:
        """Charge a request's cost. What costs nothing is never refused, not even in debt.

        Raises: TooManyRequests, without charging anything.
        """
        with self._change:
            self._set(subject, self._checked(subject, cost, per_minute) - cost)
        self._on_spent(subject, cost, per_minute)

    def check(self, subject: Hashable, cost: int, per_minute: int) -> float:
        """What is left of a subject's budget, if that covers a cost.

        Raises: TooManyRequests.
        """
        with self._change:
            return self._checked(subject, cost, per_minute)

    def _checked(self, subject: Hashable, cost: int, per_minute: int) -> float:
        left = self._filled(subject, per_minute)
        if cost > max(left, 0.0):
            raise TooManyRequests(cost, per_minute, math.ceil((cost - left) * MINUTE_S / per_minute))
        return left

    def spend(self, subject: Hashable, cost: float, per_minute: int) -> None:
        """Charge what turned out to be spent, whether or not it is left."""
        with self._change:
            self._set(subject, self._filled(subject, per_minute) - cost)
        self._on_spent(subject, cost, per_minute)

    def learn(self, subject: Hashable, cost: float, per_minute: int, age_s: float) -> None:
        """Charge what another process charged so long ago, at that moment: it has been refilling since. What is learnt
        at once must come oldest first."""
        with self._change:
            _, changed_at = self._state(subject, per_minute)
            then = max(changed_at, self._clock() - age_s)
            self._set(subject, self._filled(subject, per_minute, then) - cost, then)

    def _filled(self, subject: Hashable, per_minute: int, at: float | None = None) -> float:
        """What is in a bucket now, or was at a moment since it changed."""
        left, changed_at = self._state(subject, per_minute)
        return min(per_minute, left + ((self._clock() if at is None else at) - changed_at) * per_minute / MINUTE_S)

    def _state(self, subject: Hashable, per_minute: int) -> tuple[float, float]:
        """What was in a bucket when it changed, and when; a subject that is not known spent nothing for a minute."""
        return self._left.get(subject, (float(per_minute), self._clock() - MINUTE_S))

    def _set(self, subject: Hashable, left: float, at: float | None = None) -> None:
        self._left[subject] = (left, self._clock() if at is None else at)
        self._left.move_to_end(subject)
        if len(self._left) > self._most:
            self._left.popitem(last=False)
