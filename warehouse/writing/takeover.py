"""The beginning of a tenure: what a process does on a server when the right to write has come to it.

It ends what the processes before it left unfinished: nobody else is writing, and former writers are fenced off. Their
scratch tables may hold rows that are needed for that; these are taken over first.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from warehouse.engine.engine import Engine
from warehouse.forgetting.forget import finish_forgetting
from warehouse.loads import ledger
from warehouse.loads.ledger import Entry, State
from warehouse.loads.recovery import recover
from warehouse.loads.row_verdicts import FACT_TABLES
from warehouse.staging import results
from warehouse.staging.swap import finish_swaps, new_name, new_of
from warehouse.tables.damage import LostPart, mend
from warehouse.tables.data_changes import finish_changes
from warehouse.tables.migrate import migrate
from warehouse.tables.rebuild import fill_rollups
from warehouse.tables.reconcile import reconcile
from warehouse.tables.table_settings import apply_settings
from warehouse.tables.table_snapshots import drop_table_snapshots

# Tables of an export or backup that began longer ago were left by a process that died.
_LONGEST_EXPORT_S = 86_400
# A context in which readers wait.
Changing = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Repairs:
    """What was done to the data: migrations applied, unfinished loads as they ended, and parts that stay lost."""

    migrated: Sequence[str]
    recovered: Sequence[Entry]
    lost: Sequence[LostPart]


def begin_tenure(engine: Engine, fence_off: Callable[[], None], changing: Changing = nullcontext) -> Repairs:
    """Bring tables up to date, make this process's scratch tables, and end what is unfinished. Repeatable.

    `fence_off` drops the scratch tables of dead writers: only then the ledger says what they have done.
    """
    migrated = migrate(engine)
    new = reconcile(engine)
    _take_over_stages(engine)
    _take_over_results(engine)
    fence_off()
    apply_settings(engine)
    recovered = recover(engine, changing)
    finish_swaps(engine, changing)
    finish_forgetting(engine, changing)
    finish_changes(engine, changing)
    drop_table_snapshots(engine, _LONGEST_EXPORT_S)
    lost = mend(engine)
    fill_rollups(engine, new)
    return Repairs(migrated, recovered, lost)


def _take_over_stages(engine: Engine) -> None:
    """Copy the staged rows of a replacement that may have been shown: it is completed with them."""
    for entry in ledger.unfinished(engine):
        if entry.undo_of and entry.table in FACT_TABLES and entry.state is State.COMMITTING:
            staging = f"{entry.table}_staging"
            for source in _tables_of_others(engine, staging):
                test = f"WHERE load_id = {entry.load_id}"
                if engine.query(f"SELECT count() FROM {source} {test}").scalar():
                    engine.command(f"TRUNCATE TABLE {engine.scratch_table(staging)}")
                    engine.command(f"INSERT INTO {engine.scratch_table(staging)} SELECT * FROM {source} {test}")
                    # The oldest has all: a later one is a copy, perhaps of a process that died over it.
                    break


def _take_over_results(engine: Engine) -> None:
    """Rename the tables of results that are about to be swapped in."""
    for result in results.unfinished(engine):
        for table in result.tables:
            for source in _tables_of_others(engine, new_name(table)):
                engine.command(f"DROP TABLE IF EXISTS {new_of(engine, table)}")
                engine.command(f"RENAME TABLE {source} TO {new_of(engine, table)}")


def _tables_of_others(engine: Engine, name: str) -> list[str]:
    """The scratch tables of earlier writers with a name, oldest first. One who was stopped, and wakes up, must not take
    those of a later one."""
    found = engine.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND match(name, {pattern:String}) "
        "AND name != {own:String}",
        {"pattern": f"^{name}_w[0-9]+$", "own": engine.scratch_table(name)},
    )
    names = sorted((str(one) for (one,) in found.rows), key=_number_of)
    return [one for one in names if _number_of(one) < _number_of(engine.scratch_table(name))]


def _number_of(table: str) -> int:
    return int(re.sub(r".*_w", "", table))
