"""Adopting a folder that was copied while it was in use: it is checked as a whole, and refused if anything is wrong."""

from collections.abc import Callable
from pathlib import Path

from warehouse.backup.frozen_parts import damaged_parts, tables_of
from warehouse.engine.open_mark import COPIED, NAME, adopting
from warehouse.errors import BadInput, MarqueeError
from warehouse.verify.repeated_ids import repeated_ids
from warehouse.verify.verify import plan, verify
from warehouse.warehouse import Warehouse

MOST_TOLD = 20


def adopt(folder: Path, opened: Callable[[], Warehouse], close: Callable[[], None]) -> list[str]:
    """Check a copy, which `opened` opens; returns what is wrong, as sentences. If anything is, `close` closes it, and
    it is refused as before.

    Raises: BadInput for a folder that has no mark of having been copied while it was in use.
    """
    mark, aside = folder / NAME, folder / COPIED
    if not aside.exists():
        if not mark.exists():
            raise BadInput(
                f"{folder} has no mark of having been copied while it was in use. There is nothing to adopt."
            )
        mark.replace(aside)
    # Until it has proved right, it is refused to all others, also after this process has died over it.
    mark.unlink(missing_ok=True)
    try:
        with adopting(folder):
            wrong = _wrong(opened())
    except MarqueeError as error:
        wrong = [f"It can't be opened or read: {error}"]
    if wrong:
        close()
    else:
        aside.unlink()
    return wrong


def _wrong(warehouse: Warehouse) -> list[str]:
    engine = warehouse.engine
    wrong = [str(part) for part in warehouse.repairs.lost]
    wrong += [
        f"{table}: part {part} is damaged." for table in tables_of(engine) for part in damaged_parts(engine, table)
    ]
    wrong += [str(one) for one in repeated_ids(engine, warehouse.read_consistently)[:MOST_TOLD]]
    warehouse.refill.wait()
    wrong += [str(one) for one in verify(engine, warehouse.read_consistently, plan(engine))][:MOST_TOLD]
    return wrong
