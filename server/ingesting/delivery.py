"""A delivery: the complete rows of one request, and its result."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from ingest.file_format import FileFormat
from ingest.loader import FileLoad
from ingest.small_files import Held

MOST_KEY = 255


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender of a request. Equal subjects of different issuers differ."""

    subject: str
    issuer: str


@dataclass(slots=True)
class Delivery:
    """One request. `path` is its unpacked body; `held` are its rows in memory if they are few. The same `id` means a
    repeated request; the `fingerprint` shows whether its content is unchanged.
    """

    id: str
    fingerprint: str
    table: str
    sender: Sender
    format: FileFormat
    path: Path
    size_bytes: int
    held: Held | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Its name in the ledger."""
        return f"request {self.id}"


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """The answer to a request: a JSON object, identical each time the request is repeated."""

    content: bytes
    replayed: bool = False

    @property
    def body(self) -> Mapping[str, Any]:
        """The object."""
        parsed: Mapping[str, Any] = orjson.loads(self.content)
        return parsed


def request_id(sender: Sender, key: str | None) -> str:
    """The id of a request: stable for a sender and key, without revealing the key."""
    if key is None:
        return secrets.token_hex(16)
    told = orjson.dumps([sender.issuer, sender.subject, key])
    return sha256(told).hexdigest()[:32]


def result_of(delivery: Delivery, done: FileLoad) -> DeliveryResult:
    """The result of loading a delivery."""
    summary = done.summary
    rejects = f"/ingest/rejects/{delivery.id}" if summary.quarantined else None
    return DeliveryResult(
        orjson.dumps(
            {
                "request": delivery.id,
                "table": summary.table,
                "load": summary.load_id,
                "rows": summary.rows,
                "accepted": summary.accepted,
                "duplicates": summary.duplicates,
                "quarantined": summary.quarantined,
                "reasons": dict(summary.reasons),
                "extra_columns": list(done.extra),
                "rejects": rejects,
            }
        )
    )
