"""When a batch of messages is loaded: so many, so large, or so old."""

from dataclasses import dataclass

LARGEST_BATCH_BYTES = 32 << 20
# The defaults.
MESSAGES, EVERY_S = 10_000, 5.0


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """A batch has so many messages at most, and is loaded after so many seconds at the latest."""

    messages: int = MESSAGES
    every_s: float = EVERY_S


DEFAULT_LIMITS = BatchLimits()
