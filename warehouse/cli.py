"""`marquee warehouse`: migrate, look at and rebuild what is stored."""

from typing import Annotated, Protocol

import orjson
import typer

from warehouse import Warehouse
from warehouse.loads import ledger
from warehouse.status import table_status

app = typer.Typer(no_args_is_help=True, help="Look after the warehouse.")


class Session(Protocol):
    """What a command is run with."""

    def warehouse(self) -> Warehouse:
        """The warehouse, opened on first use."""

    def out(self, text: str) -> None:
        """Print a line on the caller's stdout."""


@app.command()
def migrate(ctx: typer.Context) -> None:
    """Apply what is new. Opening does it too; this says what was done."""
    session: Session = ctx.obj
    applied = session.warehouse().migrated
    session.out(f"Applied {', '.join(applied)}." if applied else "Nothing to apply.")


@app.command()
def status(
    ctx: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False
) -> None:
    """Print rows, bytes and parts of each table, and the newest loads."""
    session: Session = ctx.obj
    opened = session.warehouse()
    tables, loads = table_status(opened), ledger.recent(opened.engine, 10)
    if as_json:
        session.out(orjson.dumps({"tables": tables, "loads": loads}, default=str).decode())
        return
    for one in tables:
        session.out(f"{one.table:<24}{one.rows:>14,} rows{one.size_bytes:>16,} bytes{one.parts:>6} parts")
    for entry in loads:
        session.out(
            f"load {entry.load_id:<6}{entry.table:<18}{entry.state.value:<12}{entry.accepted:>12,} of "
            f"{entry.rows:,} rows"
        )


@app.command()
def rebuild(ctx: typer.Context) -> None:
    """Build every rollup again from the facts, each month swapped in whole."""
    session: Session = ctx.obj
    session.out(f"Rebuilt {', '.join(session.warehouse().rebuild())}.")
