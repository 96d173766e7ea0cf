"""The writer: loads what `intake` gathered, several small deliveries in one load, and stores the answer to each.

It runs in one thread, one call at a time.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby, pairwise

from ingest.loading.failure_boundaries import taken_by_the_engine
from ingest.loading.held_files import first_rows, load_held
from ingest.loading.load_file import FileLoad, load_file
from ingest.problems import FileRefused
from server.ingesting.delivery import Delivery, DeliveryResult, Sender, result_of
from server.ingesting.idempotency import LONG_AGO, ResultOrError, replayed
from warehouse import Warehouse
from warehouse.errors import Cancelled, MarqueeError, Overloaded, Unavailable
from warehouse.loads.ingest_requests import KnownRequest, known_requests, note_requests, sent_rows

LOG = logging.getLogger("marquee.ingest")
# The least size a row counts as, because the engine's cost per row doesn't shrink with good Parquet compression.
LEAST_ROW_BYTES = 16
# How much larger values may become than the largest body: dictionaries and runs are small where values repeat.
DECODED = 4
# Each malformed row is kept aside, which takes longer than loading a good one.
MOST_MALFORMED = 100_000
# Greater than any row number.
LAST_ROW = 2**63


class Writer:
    """Loads into one warehouse."""

    def __init__(self, warehouse: Warehouse, most_bytes: int, key_hours: int) -> None:
        self._warehouse = warehouse
        self._most_rows = max(1, most_bytes // LEAST_ROW_BYTES)
        self._most_bytes = DECODED * most_bytes
        self._remembered = timedelta(hours=key_hours)

    def load(self, deliveries: Sequence[Delivery]) -> list[ResultOrError]:
        """Load deliveries and return their results in order. They share one table and have different ids; all are
        `held` if there are several, and those of a sender follow one another.
        """
        try:
            known = self._known(deliveries)
            new = [one for one in deliveries if one.id not in known]
            outcomes = dict(zip([one.id for one in new], self._new_here(new), strict=True)) if new else {}
        except MarqueeError as error:
            return [error for _ in deliveries]
        return [replayed(one, known[one.id]) if one.id in known else outcomes[one.id] for one in deliveries]

    def _known(self, deliveries: Sequence[Delivery]) -> dict[str, KnownRequest]:
        since = datetime.now(UTC) - self._remembered
        return known_requests(self._warehouse.engine, [one.id for one in deliveries], since)

    def _new_here(self, deliveries: Sequence[Delivery]) -> list[ResultOrError]:
        """Load what this process does not know. On a server another one may have loaded the same request since."""
        if self._warehouse.is_ours_alone:
            return self._new(deliveries)
        with self._warehouse.exclusive():
            known = self._known(deliveries)
            new = [one for one in deliveries if one.id not in known]
            outcomes = dict(zip([one.id for one in new], self._new(new), strict=True)) if new else {}
        return [replayed(one, known[one.id]) if one.id in known else outcomes[one.id] for one in deliveries]

    def rows_since(self, sender: Sender, moment: datetime) -> int:
        """How many rows a sender has sent since a moment."""
        return sent_rows(self._warehouse.engine, sender.subject, sender.issuer, moment)

    def find(self, request: str) -> KnownRequest | None:
        """A loaded request of any age; None if unknown."""
        return known_requests(self._warehouse.engine, [request], LONG_AGO).get(request)

    def _new(self, deliveries: Sequence[Delivery]) -> list[ResultOrError]:
        try:
            return list(self._loaded(deliveries))
        except (Unavailable, Overloaded, Cancelled) as error:
            return [error for _ in deliveries]
        except Exception as error:
            if len(deliveries) == 1:
                return [_refusal(deliveries[0], error)]
            LOG.warning("a load of %d requests failed; each is loaded alone", len(deliveries), exc_info=True)
            return [outcome for one in deliveries for outcome in self._new([one])]

    def _loaded(self, deliveries: Sequence[Delivery]) -> list[DeliveryResult]:
        held = [one.held for one in deliveries if one.held is not None]
        if not held:
            return [self._loaded_alone(deliveries[0])]
        note = partial(self._note, deliveries, first_rows(held))
        sources = [[one.name for one in group] for _, group in groupby(deliveries, key=lambda one: one.sender)]
        done = load_held(self._warehouse, deliveries[0].table, held, sources, note)
        return list(map(result_of, deliveries, done))

    def _loaded_alone(self, delivery: Delivery) -> DeliveryResult:
        done = load_file(
            self._warehouse,
            delivery.table,
            delivery.path,
            name=delivery.name,
            options=replace(
                delivery.options,
                max_rows=min(self._most_rows, delivery.most_rows or self._most_rows),
                max_bytes=self._most_bytes,
                max_malformed=MOST_MALFORMED,
            ),
            before_showing=lambda done: self._note([delivery], [0, LAST_ROW], [done]),
        )
        return result_of(delivery, done)

    def _note(self, deliveries: Sequence[Delivery], firsts: Sequence[int], done: Sequence[FileLoad]) -> None:
        note_requests(
            self._warehouse.engine,
            [
                KnownRequest(
                    id=one.id,
                    fingerprint=one.fingerprint,
                    load_id=file.summary.load_id,
                    first_row=first + 1,
                    last_row=last,
                    subject=one.sender.subject,
                    issuer=one.sender.issuer,
                    answer=result_of(one, file).kept(),
                )
                for one, file, (first, last) in zip(deliveries, done, pairwise(firsts), strict=True)
            ],
        )


def _refusal(delivery: Delivery, error: Exception) -> Exception:
    """The engine's refusal of rows is the body's, not the server's."""
    try:
        with taken_by_the_engine(delivery.name):
            raise error
    except FileRefused as refused:
        return refused
    except Exception as other:  # noqa: BLE001 - passed on to the sender
        return other
