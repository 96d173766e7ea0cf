"""A load of a fact: each batch is keyed and sifted, staged with its rollups, and attached partition by partition."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from warehouse.engine.engine import Engine
from warehouse.loads import ledger
from warehouse.loads.ledger import Entry, State
from warehouse.loads.load import Load, LoadSummary
from warehouse.loads.quarantine import original_sql
from warehouse.loads.rejected_rows import drop_rejected
from warehouse.loads.rollback import give_up_room, roll_back, room_to_roll_back
from warehouse.loads.row_verdicts import DUPLICATE, FACT_TABLES, FORGOTTEN, Batch, FactTable, joining_sql

# Suffixes of the tables that exist while a batch is sifted.
SCRATCH = ("_first_of_ids", "_left_out")


def staging_tables(table: str) -> list[str]:
    """The tables that hold a fact's rows, and their rollups, until they are shown."""
    return [f"{name}_staging" for name in (table, *FACT_TABLES[table].rollups)]


def empty_stage(engine: Engine, table: str) -> None:
    """Drop what is staged of a fact."""
    for name in staging_tables(table):
        engine.command(f"TRUNCATE TABLE {engine.scratch_table(name)}")


class FactLoad(Load):
    """Rows of a fact. An exact repeat is a duplicate and left out. A row with an unknown user, film or experiment, or
    whose id is taken by other content, goes to `rejected_rows`. Of a forgotten person's row only its existence is
    recorded.

    `standing` is SQL that selects the stored rows that a new row may repeat or conflict with.
    """

    standing = "1"

    @property
    def fact(self) -> FactTable:
        """How its rows are sifted."""
        return FACT_TABLES[self.table]

    def entries(self) -> Sequence[Entry]:
        """Its entries in the ledger, with what is counted by now."""
        return [self.entry]

    def load_sql(self, row: str) -> str:  # noqa: ARG002 - all rows are of one load here
        """SQL of the number of the load that a row is of, over SQL of the row's number."""
        return str(self.entry.load_id)

    def drop(self) -> None:
        self._empty_incoming()
        empty_stage(self.engine, self.table)
        for name in SCRATCH:
            self.engine.command(f"DROP TABLE IF EXISTS {self.engine.scratch_table(self.table + name)}")
        if self.entry.rows:
            drop_rejected(self.engine, *(one.load_id for one in self.entries()))

    def count(self) -> LoadSummary:
        return self._summary()

    def commit(self) -> LoadSummary:
        pieces = self._staged_partitions()
        self.before_showing(self._summary())
        with room_to_roll_back(self.engine, pieces):
            self.entry = replace(self.entry, partitions=tuple(f"{table}/{part}" for table, part in pieces))
            self._move(State.COMMITTING)
            with self.data_lock.appending():
                self._show(pieces)
        self._finish_stage()
        return self._summary()

    def _show(self, pieces: Sequence[tuple[str, str]]) -> None:
        """Attach what is staged. If that fails half-way, it is removed again before readers are let in. On a server
        that did not answer, the next writer removes it: the statement may still be running, and would come after.
        """
        committing, entries = self.entry, self.entries()
        try:
            for table, partition in pieces:
                staging = self.engine.scratch_table(f"{table}_staging")
                self.engine.command(f"ALTER TABLE {table} ATTACH PARTITION ID '{partition}' FROM {staging}")
            self._finish()
        except BaseException:
            if self.engine.fence.lease and self.engine.is_uncertain:
                raise
            found = ledger.find(self.engine, committing.load_id)
            if found and found.state is State.COMMITTING:
                self.entry = committing
                give_up_room(self.engine.address)
                self.entry = replace(committing, state=roll_back(self.engine, entries)[0].state)
            raise

    def _finish(self) -> None:
        """Mark the load as done in the ledger, while readers wait."""
        self._move(State.DONE)

    def _finish_stage(self) -> None:
        """Empty what is shown by now."""
        self._tidy_up(staging_tables(self.table))

    def _staged_partitions(self) -> list[tuple[str, str]]:
        found = self.engine.query(
            "SELECT DISTINCT substring(table, 1, length(table) - length({end:String})) AS live, partition_id "
            "FROM system.parts "
            "WHERE database = currentDatabase() AND active AND rows > 0 AND table IN {tables:Array(String)} "
            "ORDER BY live, partition_id",
            {
                "tables": [self.engine.scratch_table(name) for name in staging_tables(self.table)],
                "end": self.engine.scratch_table("_staging"),
            },
        )
        return [(table, partition) for table, partition in found.rows]

    def _sift(self) -> None:
        barred = self.barring.bars("k.user_id") if self.barring else "0"
        batch = Batch(self.fact, self.engine.fence, barred, self.standing, is_first=not self.entry.accepted)
        staging = self.engine.scratch_table(f"{self.table}_staging")
        repeats, known, offered, users = self.engine.query(batch.repeats_sql).rows[0]
        first_of_ids = self._first_of_ids(batch) if repeats or known else ""
        sifted, parameters = batch.sifted_sql(first_of_ids), self.barring.parameters if self.barring else None
        names = ", ".join(("id", *self.fact.references, *self.fact.names))
        self.engine.command(
            f"INSERT INTO {staging} ({names}, load_id) "
            f"SELECT {names}, {self.load_sql('row')} FROM ({sifted}) WHERE reason = ''{joining_sql(offered, users)}",
            parameters,
        )
        staged = self.engine.query(f"SELECT count() FROM {staging}").scalar()
        accepted = staged - self.entry.accepted
        self.entry = replace(self.entry, accepted=staged)
        if accepted < offered:
            self._leave_out(sifted, parameters)
        if first_of_ids:
            self.engine.command(f"DROP TABLE {first_of_ids}")
        self._empty_incoming()

    def _empty_incoming(self) -> None:
        self.engine.command(f"TRUNCATE TABLE {self.engine.scratch_table(f'{self.table}_incoming')}")

    def _first_of_ids(self, batch: Batch) -> str:
        """Create the table of ids that are stored or repeated; returns its name. Most batches have none."""
        table = self.engine.scratch_table(f"{self.table}_first_of_ids")
        # Filled before the batch's own rows are staged, so that they do not count as repeats of themselves.
        self.engine.command(f"CREATE TABLE {table} ENGINE = Memory AS {batch.first_of_ids_sql}")
        return table

    def _leave_out(self, sifted: str, parameters: Mapping[str, Any] | None) -> None:
        """Count the rows that are left out, and quarantine those that are not repeats."""
        left_out = self.engine.scratch_table(f"{self.table}_left_out")
        self.engine.command(
            f"CREATE TABLE {left_out} ENGINE = Memory AS SELECT row, reason FROM ({sifted}) WHERE reason != ''",
            parameters,
        )
        counted = self.engine.query(
            f"SELECT {self.parts.sql} AS part, reason, count() FROM {left_out} GROUP BY 1, 2"
        ).rows
        self.parts.note_left_out(counted)
        by_reason = Counter[str]()
        for _, reason, rows in counted:
            by_reason[str(reason)] += int(rows)
        duplicates = by_reason.pop(DUPLICATE, 0)
        if by_reason:
            self._keep_rejected(left_out)
        self.reasons.update(by_reason)
        self.entry = replace(
            self.entry,
            duplicates=self.entry.duplicates + duplicates,
            quarantined=self.entry.quarantined + by_reason.total(),
        )
        self.engine.command(f"DROP TABLE {left_out}")

    def _keep_rejected(self, left_out: str) -> None:
        self.engine.command(
            "INSERT INTO rejected_rows (load_id, table, row, reason, original) "
            f"SELECT {self.load_sql('i.row')}, '{self.table}', i.row, s.reason, "
            f"if(s.reason = '{FORGOTTEN}', '', {original_sql(self.table)}) "
            f"FROM {self.engine.scratch_table(f'{self.table}_incoming')} AS i INNER JOIN "
            f"(SELECT row, reason FROM {left_out} WHERE reason != '{DUPLICATE}') AS s ON i.row = s.row"
        )
