"""Idempotency keys: of two requests with the same key, the second gets the stored answer of the first.

A key stands for one body, table and format. It is remembered for `MARQUEE_INGEST_KEY_HOURS`; its receipt can be looked
up at any age.
"""

from datetime import UTC, datetime

from server.ingesting.delivery import Delivery, DeliveryResult, restored
from warehouse.errors import BadInput
from warehouse.loads.ingest_requests import KnownRequest

# Before every request.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
ResultOrError = DeliveryResult | Exception


class KeyTaken(BadInput):
    """The key was used for a different body."""

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was used with a different body, table or format. Send new content with a new key."
        )


def replayed(delivery: Delivery, known: KnownRequest) -> ResultOrError:
    """The stored answer of an earlier request with the same key, or KeyTaken for another body."""
    if known.fingerprint != delivery.fingerprint:
        return KeyTaken()
    return restored(known.answer, known.load_id)
