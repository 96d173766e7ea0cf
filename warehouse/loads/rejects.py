"""Rows that a load kept aside in `rejected_rows`."""

from warehouse.engine import Engine


def drop_rejected(engine: Engine, load_id: int) -> None:
    """Forget what a load kept aside, because the load is taken back."""
    engine.command(
        "DELETE FROM rejected_rows WHERE load_id = {load:UInt32}", {"load": load_id}, lightweight_deletes_sync=2
    )


def rows_kept_aside(load_id: int) -> str:
    """SQL of the numbers of the rows that a load kept aside."""
    return f"(SELECT row FROM rejected_rows WHERE load_id = {int(load_id)})"
