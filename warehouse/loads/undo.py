"""Undo: take a load back, rollups included, by an entry of its own in the ledger (`undo_of`).

Facts: the load's rows are copied aside for answers as of an earlier load, and shadow tables without them replace the
tables in one moment. Films, users and experiments: the versions stay, and the tables of current rows are made without
them. An undo that dies before `committing` has changed nothing that readers see; after it, the next opening completes
it.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from warehouse.engine.engine import Engine
from warehouse.errors import BadInput
from warehouse.loads import ledger
from warehouse.loads.dimension_load import DIMENSION_TABLES, show_versions
from warehouse.loads.ledger import Entry, State
from warehouse.loads.leftover_tables import drop_leftover_tables, sweep
from warehouse.loads.rejected_rows import drop_rejected
from warehouse.loads.row_verdicts import FACT_TABLES
from warehouse.plurals import counted
from warehouse.tables.rollup_tables import FACT, note_stale
from warehouse.tables.scratch_tables import remove_rows
from warehouse.tables.shadow_tables import Removal, exchange_shadows, fill_shadows, partitions, touched_partitions

# A context in which readers wait.
Changing = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Undone:
    """An undone load: `undone_by` is the undo's number, `rows` how many left the table."""

    load_id: int
    undone_by: int
    table: str
    rows: int


def undo(engine: Engine, load_id: int, changing: Changing) -> Undone:
    """Take a load back, with its rows that later left the quarantine. The caller keeps other loads out.

    Raises: BadInput for a load that does not exist, is not done, or that others depend on. Nothing has changed then.
    """
    loads = loads_to_undo(engine, load_id)
    sweep(engine)
    entry = ledger.begin(engine, loads[0].table, loads[0].files, undo_of=load_id)
    try:
        rows, entry = prepare_undo(engine, entry, loads)
        entry = ledger.move(engine, entry, State.COMMITTING)
    except BaseException:
        abandon_undo(engine, entry)
        raise
    complete_undo(engine, entry, loads, changing)
    return Undone(load_id, entry.load_id, entry.table, rows)


def abandon_undo(engine: Engine, entry: Entry) -> Entry:
    """Cancel an undo that has shown nothing yet, and drop the rows that it was to bring."""
    sweep(engine)
    drop_rejected(engine, entry.load_id)
    _drop_copy(engine, entry, ledger.with_retries(engine, entry.undo_of))
    return ledger.move(engine, entry, State.FAILED)


def finish_undoing(engine: Engine, unfinished: Sequence[Entry], changing: Changing) -> list[Entry]:
    """End every undo among unfinished entries: cancel it, or complete it where readers may have seen it."""
    return [_finish(engine, entry, changing) for entry in unfinished if entry.undo_of]


def _finish(engine: Engine, entry: Entry, changing: Changing) -> Entry:
    if entry.state is State.STAGING:
        return abandon_undo(engine, entry)
    loads = ledger.with_retries(engine, entry.undo_of)
    if entry.table in FACT_TABLES:
        drop_leftover_tables(engine)
        fill_shadows(engine, _removal(entry, loads))
    return complete_undo(engine, entry, loads, changing)


def prepare_undo(engine: Engine, entry: Entry, loads: Sequence[Entry]) -> tuple[int, Entry]:
    """Everything up to the exchange; returns how many rows will leave, and the entry with the partitions that change.
    Staged rows will replace them.
    """
    table, test = entry.table, _brought_by(loads)
    if table in DIMENSION_TABLES:
        return _refuse_if_needed(engine, loads[0]), entry
    pieces = {
        *touched_partitions(engine, table, test, {}),
        *partitions(engine, engine.scratch_table(f"{table}_staging")),
    }
    entry = replace(entry, partitions=tuple(f"{table}/{piece}" for piece in sorted(pieces)))
    drop_leftover_tables(engine)
    engine.command(f"INSERT INTO {table}_undone SELECT * FROM {table} WHERE {test} AND {engine.fence.holds}")
    fill_shadows(engine, _removal(entry, loads))
    return int(engine.query(f"SELECT count() FROM {table} WHERE {test}").scalar()), entry


def complete_undo(engine: Engine, entry: Entry, loads: Sequence[Entry], changing: Changing) -> Entry:
    """The exchange: from here on readers see the table without the loads."""
    with changing():
        if entry.table in DIMENSION_TABLES:
            _show_without(engine, entry)
        else:
            exchange_shadows(engine, _removal(entry, loads))
        for one in loads:
            drop_rejected(engine, one.load_id)
        undone = (replace(one, state=State.UNDONE) for one in loads)
        done, *_ = ledger.record(engine, replace(entry, state=State.DONE), *undone)
    sweep(engine)
    return done


def _show_without(engine: Engine, entry: Entry) -> None:
    dimension = DIMENSION_TABLES[entry.table]
    note_stale(engine, entry.table, dimension.names)
    show_versions(engine, dimension, but=entry.undo_of)


def _removal(entry: Entry, loads: Sequence[Entry]) -> Removal:
    """Leaves out what the entry itself brought, too: a repeated exchange finds those rows in the table.

    Ratings are partitioned too, by year, but no rollup counts them.
    """
    months = [piece.partition("/")[2] for piece in entry.partitions if entry.table == FACT]
    return Removal({entry.table: _brought_by([*loads, entry])}, {}, months, staged=entry.table)


def _brought_by(loads: Sequence[Entry]) -> str:
    return f"load_id IN ({', '.join(str(one.load_id) for one in loads)})"


def _drop_copy(engine: Engine, entry: Entry, loads: Sequence[Entry]) -> None:
    if entry.table in FACT_TABLES:
        remove_rows(engine, f"{entry.table}_undone", _brought_by(loads))


def loads_to_undo(engine: Engine, load_id: int) -> list[Entry]:
    """A load that can be undone, and the loads that released its rows from the quarantine.

    Raises: BadInput for a load that does not exist, is not done, or is part of another.
    """
    entry, kept = ledger.find(engine, load_id), ledger.kept_from(engine)
    if kept and 0 < load_id <= kept.load:
        raise BadInput(
            f"Load {load_id} is older than the history that is kept, which begins after load {kept.load} "
            "(MARQUEE_KEEP_HISTORY_DAYS): it can't be taken back or replaced."
        )
    if entry is None:
        raise BadInput(f"There is no load {load_id}. marquee ingest status lists them.")
    if entry.undo_of and not entry.rows:
        raise BadInput(f"Load {load_id} took back load {entry.undo_of}. To have that again, load its files again.")
    if entry.retry_of:
        raise BadInput(f"Load {load_id} released rows of load {entry.retry_of}. Undo that one: that removes both.")
    if entry.state is not State.DONE:
        raise BadInput(f"Load {load_id} is {entry.state.value}. Only a load that is done can be taken back.")
    return ledger.with_retries(engine, load_id)


def _refuse_if_needed(engine: Engine, load: Entry) -> int:
    """How many versions a load of films, users or experiments brought.

    Raises: BadInput when a fact's row needs one that only this load brought.
    """
    key, versions = DIMENSION_TABLES[load.table].key, f"{load.table}_versions"
    only_here = (
        f"(SELECT {key} FROM {versions} WHERE load_id NOT IN {ledger.undone_sql()} "
        f"GROUP BY {key} HAVING countIf(load_id != {load.load_id}) = 0)"
    )
    standing = {
        fact: engine.query(f"SELECT count(), groupUniqArray(10)(load_id) FROM {fact} WHERE {key} IN {only_here}").rows[
            0
        ]
        for fact, table in FACT_TABLES.items()
        if key in table.references
    }
    for fact, (rows, loads) in standing.items():
        if rows:
            raise BadInput(
                f"{counted(rows, 'row')} of {fact} need {load.table} that only load {load.load_id} brought. Undo the "
                f"loads of those rows first: {', '.join(map(str, sorted(loads)))}."
            )
    brought: int = engine.query(f"SELECT count() FROM {versions} WHERE load_id = {load.load_id}").scalar()
    return brought
