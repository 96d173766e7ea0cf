"""Retry: rows quarantined for an unknown user, film or experiment are loaded once it is known, and leave it.

Rows of one load are released by one new load, later in the ledger, so that answers as of an earlier load stay the same.
One block of the ledger marks the new load as done and changes the counts of the load that brought the rows.
"""

from dataclasses import dataclass, replace

from warehouse.engine.engine import Engine
from warehouse.engine.read_write_lock import ReadWriteLock
from warehouse.forgetting.tombstones import Tombstones
from warehouse.ids import from_text_sql
from warehouse.loads import ledger
from warehouse.loads.fact_load import FactLoad
from warehouse.loads.ledger import Entry, State
from warehouse.loads.quarantine import taken_up_sql
from warehouse.loads.rejected_rows import drop_rejected
from warehouse.loads.row_verdicts import FACT_TABLES
from warehouse.tables.incoming_schemas import INCOMING

# The notes that a running retry writes for each row that it takes, under its own load number.
TAKEN_UP = "TAKEN_UP"
_AT_ONCE = 250_000


@dataclass(frozen=True)
class Released:
    """What became of one load's quarantined rows: `load_id` brought them, `released_by` loaded them. `conflicts` stay,
    because their ids are taken by now."""

    load_id: int
    released_by: int
    table: str
    accepted: int
    duplicates: int
    conflicts: int


def release_arrived(engine: Engine, data_lock: ReadWriteLock, tombstones: Tombstones) -> list[Released]:
    """Load every row whose missing user or film has arrived. The caller keeps other loads out."""
    settle_released(engine)
    return [_release(engine, data_lock, load_id, tombstones) for load_id in _loads_with_arrived(engine)]


def settle_released(engine: Engine) -> None:
    """Remove from the quarantine the rows that done retries have loaded. Repeatable."""
    found = engine.query(f"SELECT DISTINCT load_id FROM rejected_rows WHERE reason = '{TAKEN_UP}' ORDER BY load_id")
    for (load_id,) in found.rows:
        entry = ledger.find(engine, load_id)
        if entry and entry.state is State.DONE:
            _settle(engine, entry)


class Retry(FactLoad):
    """The load that releases another load's quarantined rows."""

    def __init__(self, engine: Engine, data_lock: ReadWriteLock, source: Entry, tombstones: Tombstones) -> None:
        self.source = source
        self.conflicts = 0
        super().__init__(engine, data_lock, source.table, source.files, tombstones, retry_of=source.load_id)

    def take_up(self) -> None:
        """Stage the rows whose user and film exist, in the order of the file."""
        columns = ", ".join(field.name for field in INCOMING[self.table])
        last, incoming = 0, self.engine.scratch_table(f"{self.table}_incoming")
        while True:
            self.engine.command(
                f"INSERT INTO {incoming} ({columns}, row) SELECT {taken_up_sql(self.table)}, row "
                f"FROM rejected_rows WHERE load_id = {self.source.load_id} AND row > {last} AND {_arrived(self.table)} "
                f"ORDER BY row LIMIT {_AT_ONCE}"
            )
            rows, newest = self.engine.query(f"SELECT count(), max(row) FROM {incoming}").rows[0]
            if not rows:
                return
            last = newest
            self.entry = replace(self.entry, rows=self.entry.rows + rows)
            self._note_taken_up()
            self._sift()

    def _note_taken_up(self) -> None:
        self.engine.command(
            "INSERT INTO rejected_rows (load_id, table, row, reason) "
            f"SELECT {self.entry.load_id}, '{self.table}', row, '{TAKEN_UP}' "
            f"FROM {self.engine.scratch_table(f'{self.table}_incoming')}"
        )

    def _finish(self) -> None:
        self.conflicts = self.entry.quarantined
        left = self.entry.accepted + self.entry.duplicates
        self.entry = replace(self.entry, rows=left, quarantined=0, state=State.DONE)
        source = replace(
            self.source,
            accepted=self.source.accepted + self.entry.accepted,
            duplicates=self.source.duplicates + self.entry.duplicates,
            quarantined=self.source.quarantined - left,
        )
        self.entry, _ = ledger.record(self.engine, self.entry, source)
        _settle(self.engine, self.entry)


def _release(engine: Engine, data_lock: ReadWriteLock, load_id: int, tombstones: Tombstones) -> Released:
    source = ledger.find(engine, load_id)
    assert source is not None, "a load that kept rows aside is in the ledger"
    with Retry(engine, data_lock, source, tombstones) as retry:
        retry.take_up()
        done = retry.commit()
    return Released(load_id, done.load_id, done.table, done.accepted, done.duplicates, retry.conflicts)


def _settle(engine: Engine, entry: Entry) -> None:
    """The notes are removed last: as long as they exist, all of this can be repeated."""
    engine.command(
        f"DELETE FROM rejected_rows WHERE load_id = {entry.retry_of} AND row IN "
        f"(SELECT row FROM rejected_rows WHERE load_id = {entry.load_id} AND reason = '{TAKEN_UP}')",
    )
    engine.command(
        "INSERT INTO rejected_rows (load_id, table, row, reason, original, explanation) "
        f"SELECT {entry.retry_of}, table, row, reason, original, explanation FROM rejected_rows "
        f"WHERE load_id = {entry.load_id} AND reason != '{TAKEN_UP}' AND {engine.fence.holds}"
    )
    drop_rejected(engine, entry.load_id)


def _loads_with_arrived(engine: Engine) -> list[int]:
    loads = [
        load_id
        for table in FACT_TABLES
        for (load_id,) in engine.query(
            f"SELECT DISTINCT load_id FROM rejected_rows WHERE table = '{table}' AND {_arrived(table)}"
        ).rows
    ]
    return sorted(loads)


def _arrived(table: str) -> str:
    """SQL of whether a row of `rejected_rows` waited for what exists now: a user, film or experiment. Rows from before
    Marquee stored them whole have no instant, and stay."""
    fact = FACT_TABLES[table]
    user, subject = (from_text_sql(f"JSONExtractString(original, '{name}')") for name in ("user_id", fact.subject.id))
    return (
        f"reason IN ('UNKNOWN_USER', '{fact.subject.unknown}') AND JSONHas(original, '{fact.time}') "
        f"AND {user} IN (SELECT id FROM users) AND {subject} IN (SELECT id FROM {fact.subject.table})"
    )
