"""Targets to which alerts and reports are sent, and a table of what became of each delivery: a row for each step.

If a process dies between the claim and the answer, nobody knows whether the delivery arrived, and it is not repeated.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from warehouse.described_enum import DescribedEnum
from warehouse.engine.engine import Engine

# A delivery that failed is tried again after 1, 2, 4 and 8 minutes.
MOST_TRIES = 5
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_DETAIL = 500


class TargetKind(DescribedEnum):
    """How a target is told: a signed JSON body, a body that Slack and those like it take, or a mail."""

    WEBHOOK = "WEBHOOK", "A signed JSON body, sent to a URL."
    SLACK = "SLACK", "A message as Slack's incoming webhooks take it, sent to a URL."
    EMAIL = "EMAIL", "A mail."


@dataclass(frozen=True)
class Target:
    """Where something is sent."""

    kind: TargetKind
    address: str

    @property
    def key(self) -> str:
        """What tells the target apart in the deliveries of one item."""
        return f"{self.kind.value} {self.address}"


def read_targets(kept: Iterable[Mapping[str, str]]) -> tuple[Target, ...]:
    """Targets as an item's JSON has them."""
    return tuple(Target(TargetKind(one["kind"]), one["address"]) for one in kept)


class Outcome(DescribedEnum):
    """What became of a delivery. SENDING that nothing follows was interrupted; REFUSED is not tried again."""

    SENDING = "SENDING", "It is being sent; if that stays, the server stopped meanwhile, and it is not sent again."
    SENT = "SENT", "The target took it."
    FAILED = "FAILED", "The target could not be reached or did not take it; it is tried again."
    REFUSED = "REFUSED", "The target refused it for good, or may not be sent to; it is not tried again."


@dataclass(frozen=True)
class Delivery:
    """The newest step of sending one occasion of an item to a target, and how many tries that took."""

    identity: str
    number: int
    target: str
    outcome: Outcome
    detail: str
    at: datetime
    tries: int


@dataclass(frozen=True)
class DeliveryLog:
    """A table of steps. `key` is the column of the item's id; occasions of an item have numbers."""

    engine: Engine
    table: str
    key: str

    def of(self, identity: str) -> list[Delivery]:
        """The newest step of each delivery of an item, newest first."""
        found = self.engine.query(
            f"SELECT {self.key}, number, target, argMax(tuple(outcome, detail), (at, outcome != 'SENDING')) AS last, "
            f"max(d.at) AS newest, countIf(outcome = 'SENDING') AS tries FROM {self.table} AS d "
            f"WHERE {self.key} = {{identity:String}} GROUP BY {self.key}, number, target ORDER BY newest DESC",
            {"identity": identity},
        )
        return [
            Delivery(key, number, target, Outcome(last[0]), last[1], at.replace(tzinfo=UTC), tries)
            for key, number, target, last, at, tries in found.rows
        ]

    def claim(self, identity: str, number: int, target: str) -> None:
        """Note that a delivery to a target, by its key, begins; the caller holds the right to write, and has looked
        whether it is due."""
        self.engine.write(self.table, self._row(identity, number, target, Outcome.SENDING, ""))
        self.engine.sync()

    def conclude(self, identity: str, number: int, target: str, outcome: Outcome, detail: str) -> None:
        """Note what became of a delivery."""
        self.engine.insert(self.table, self._row(identity, number, target, outcome, detail[:_LONGEST_DETAIL]))
        self.engine.sync()

    def _row(self, identity: str, number: int, target: str, outcome: Outcome, detail: str) -> pa.Table:
        row = {self.key: identity, "number": number, "target": target, "outcome": outcome.value, "detail": detail}
        schema = pa.schema(
            {
                self.key: pa.string(),
                "number": pa.uint32(),
                **dict.fromkeys(("target", "outcome", "detail"), pa.string()),
                "at": pa.timestamp("ms", "UTC"),
            }
        )
        return pa.Table.from_pylist([row | {"at": datetime.now(UTC)}], schema=schema)


def is_due(last: Delivery | None, now: datetime) -> bool:
    """Whether a delivery, of which this is the newest step, is to be tried now."""
    if last is None:
        return True
    pause = _FIRST_PAUSE * 2 ** (last.tries - 1)
    return last.outcome is Outcome.FAILED and last.tries < MOST_TRIES and now >= last.at + pause


def newest_steps(done: list[Delivery]) -> Mapping[tuple[int, str], Delivery]:
    """The deliveries of an item by occasion and target."""
    return {(one.number, one.target): one for one in done}
