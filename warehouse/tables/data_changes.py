"""Changes of answers other than by loads, corrections or jobs: partitions dropped by age, and months rebuilt by hand.

The table `data_changes` says what is under way, before the first partition changes and after the last. So the
other processes on a server notice it, and the next one that opens the warehouse or writes completes what a dead process
began.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import StrEnum

from warehouse.engine.engine import Engine
from warehouse.tables.scratch_tables import remove_partition

LOG = logging.getLogger("marquee.warehouse")
# A context in which readers wait.
Changing = Callable[[], AbstractContextManager[None]]


class ChangeKind(StrEnum):
    """What changes. A month is rebuilt in one moment, so nothing is to be ended there. An import is ended by importing
    again: until then it stays under way."""

    DROP = "drop"
    REBUILD = "rebuild"
    IMPORT = "import"


IS_IMPORTING = f"(SELECT argMax(is_under_way, version) FROM data_changes WHERE kind = '{ChangeKind.IMPORT}')"
HALF_IMPORTED = (
    "An import is under way or was interrupted, and tables are of different moments. If none runs, complete it with: "
    "marquee warehouse import"
)


def rebuilding(engine: Engine, table: str, month: str, changing: Changing = nullcontext) -> Changing:
    """The context in which a month of a rollup that readers may ask is swapped in."""
    return lambda: changing_data(engine, ChangeKind.REBUILD, [f"{table}/{month}"], changing)


@contextmanager
def changing_data(
    engine: Engine, kind: ChangeKind, partitions: Sequence[str], changing: Changing = nullcontext
) -> Iterator[None]:
    """Announce a change of `table/partition id` for the block, in which readers of this process wait.

    If the block fails, the change stays under way until `finish_changes`.
    """
    with changing():
        _note(engine, kind, partitions, is_under_way=True)
        yield
        _note(engine, kind, partitions, is_under_way=False)


def drop_partitions(engine: Engine, partitions: Sequence[str], changing: Changing = nullcontext) -> None:
    """Drop partitions (`table/partition id`) while readers wait. No load may be under way."""
    with changing_data(engine, ChangeKind.DROP, partitions, changing):
        _drop(engine, partitions)


def is_importing(engine: Engine) -> bool:
    """Whether an import is under way, or was interrupted."""
    return bool(engine.query(f"SELECT {IS_IMPORTING}").scalar())


def end_import(engine: Engine, changing: Changing) -> None:
    """Say that nothing is imported any more, if an import was interrupted after its last change."""
    if is_importing(engine):
        with changing():
            _note(engine, ChangeKind.IMPORT, [], is_under_way=False)


def finish_changes(engine: Engine, changing: Changing = nullcontext) -> None:
    """End what a process that died, or failed, had begun. No load may be under way."""
    found = engine.query(
        "SELECT kind, argMax(partitions, version) FROM data_changes GROUP BY kind HAVING argMax(is_under_way, version)"
    )
    for kind, partitions in found.rows:
        if kind == ChangeKind.IMPORT:
            LOG.warning(HALF_IMPORTED)
            continue
        with changing_data(engine, ChangeKind(kind), partitions, changing):
            if kind == ChangeKind.DROP:
                _drop(engine, partitions)


def _drop(engine: Engine, partitions: Sequence[str]) -> None:
    for one in partitions:
        table, _, partition = one.partition("/")
        remove_partition(engine, table, partition)


def _note(engine: Engine, kind: ChangeKind, partitions: Sequence[str], is_under_way: bool) -> None:
    engine.sync()
    engine.command(
        "INSERT INTO data_changes SELECT {kind:String}, {partitions:Array(String)}, {under_way:Bool}, "
        f"(SELECT max(version) FROM data_changes) + 1 WHERE {engine.fence.holds}",
        {"kind": kind.value, "partitions": list(partitions), "under_way": is_under_way},
    )
    engine.sync()
