"""A delivery: the complete rows of one request, and its result."""

import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import orjson

from ingest.files.file_format import FileFormat
from ingest.loading.held_files import Held
from ingest.loading.load_file import FileLoad
from ingest.loading.options import Options
from ingest.profiles.profile import Profile
from ingest.readers import Decoders
from ingest.rows.corrections import Corrections
from server.identity.principal import EVERY_WRITE, WriteGrant

MOST_KEY = 255
# Columns beyond the contract that an answer names, and characters of each: the answer is stored, too.
MOST_EXTRA, LONGEST_EXTRA = 100, 100
# All columns and attributes of a row at their longest fit, also as escapes of JSON.
LONGEST_RECORD_BYTES = 2 << 20


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender of a request. Equal subjects of different issuers differ."""

    subject: str
    issuer: str


@dataclass(slots=True)
class Delivery:
    """One request. `path` is its unpacked body; `held` are its rows in memory if they are few. The same `id` means a
    repeated request; the `fingerprint` shows whether its content is unchanged. `writes` is what its token may send;
    the `decoders` decode it.
    """

    id: str
    fingerprint: str
    table: str
    sender: Sender
    format: FileFormat
    path: Path
    size_bytes: int
    writes: WriteGrant = EVERY_WRITE
    most_rows: int | None = None
    profile: Profile = field(default_factory=Profile)
    corrections: Corrections = field(default_factory=dict)
    held: Held | None = field(default=None, repr=False)
    decoders: Decoders | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Its name in the ledger."""
        return f"{self.writes.source}: request {self.id}" if self.writes.source else f"request {self.id}"

    def read_by(self, name: str, profile: Profile) -> None:
        """Read the body by a profile; the same body by another one is another content."""
        if name:
            self.profile = profile
            self.fingerprint = sha256(f"{name} {self.fingerprint}".encode()).hexdigest()

    def correct(self, text: str, corrections: Corrections) -> None:
        """Correct cells of the body, as a `text` says; the same body with other cells is another content."""
        if text:
            self.corrections = corrections
            self.fingerprint = sha256(f"corrections {text} {self.fingerprint}".encode()).hexdigest()

    @property
    def options(self) -> Options:
        """How its rows are read."""
        return Options(
            self.profile,
            format=self.format,
            allowed=self.writes.columns_of(self.table),
            max_rows=self.most_rows,
            longest_record_bytes=LONGEST_RECORD_BYTES,
            decoders=self.decoders,
            corrections=self.corrections,
        )


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """The result of a request. Its sender sees only what follows from its own bytes: how many rows are taken, and which
    are malformed and why. Whether a row is new, a repeat, or names anybody who is stored is for operators to know.

    `malformed_rows` are the numbers, reasons and columns of the first malformed rows. The answer is identical each time
    the request is repeated. `load_id` and `accepted` are for the audit log, `rows` for limits.
    """

    content: bytes
    malformed_rows: tuple[tuple[int, str, str], ...] = ()
    load_id: int = 0
    accepted: int = 0
    rows: int = 0
    replayed: bool = False

    def kept(self) -> str:
        """How the result is stored."""
        return orjson.dumps({"answer": orjson.loads(self.content), "malformed_rows": self.malformed_rows}).decode()


def restored(kept: str, load_id: int) -> DeliveryResult:
    """A result as `kept` stored it, of a request that is repeated."""
    found = orjson.loads(kept)
    if "answer" not in found:
        # Stored by an earlier version, which told more.
        found = {"answer": {name: found.get(name) for name in ("request", "table", "rows")}}
    # Earlier versions stored no columns.
    rows = tuple((row, reason, next(iter(column), "")) for row, reason, *column in found.get("malformed_rows", ()))
    return DeliveryResult(orjson.dumps(found["answer"]), rows, load_id, replayed=True)


def request_id(sender: Sender, key: str | None) -> str:
    """The id of a request: stable for a sender and key, without revealing the key."""
    if key is None:
        return secrets.token_hex(16)
    told = orjson.dumps([sender.issuer, sender.subject, key])
    return sha256(told).hexdigest()[:32]


def result_of(delivery: Delivery, done: FileLoad) -> DeliveryResult:
    """The result of loading a delivery."""
    summary, malformed = done.summary, sum(done.malformed.values())
    content = orjson.dumps(
        {
            "request": delivery.id,
            "table": summary.table,
            "rows": summary.rows,
            "taken": summary.rows - malformed,
            "malformed": malformed,
            "reasons": dict(sorted(done.malformed.items())),
            "extra_columns": [_cut(name) for name in done.extra[:MOST_EXTRA]],
            "more_extra_columns": max(0, len(done.extra) - MOST_EXTRA),
            "rejects": f"/ingest/rejects/{delivery.id}" if malformed else None,
        }
    )
    return DeliveryResult(content, done.malformed_rows, summary.load_id, summary.accepted, summary.rows)


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_EXTRA else f"{name[:LONGEST_EXTRA]}…"
