"""`marquee ingest rejects` and `retry`: list quarantined rows, and load them again."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from warehouse.command_session import CommandSession
from warehouse.errors import BadInput
from warehouse.plurals import counted

if TYPE_CHECKING:
    from warehouse import Warehouse
    from warehouse.loads.quarantine import KeptAside
    from warehouse.loads.quarantine_release import Released

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def rejects(
    ctx: typer.Context,
    of: Annotated[int | None, typer.Argument(metavar="LOAD", min=1, help="The load that quarantined them.")] = None,
    load: Annotated[int | None, typer.Option(min=1, help="The same.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only rows with this reason, such as UNKNOWN_USER.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="The most rows to print.")] = 100,
    as_json: AsJson = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print all rows of LOAD as CSV, to correct and load with --repairs LOAD.")
    ] = False,
) -> None:
    """Print the rows in the quarantine: load, row of the file, file, reason, what is wrong in words, and the row."""
    session: CommandSession = ctx.obj
    load = of or load
    if as_csv and load is None:
        raise typer.BadParameter("--csv prints the rows of one load: marquee ingest rejects LOAD --csv")
    opened = session.warehouse()
    # Imported after the warehouse is open: --help and relayed commands start without the engine.
    from ingest.quarantine.explanations import explained
    from warehouse.loads.ledger import files_of
    from warehouse.loads.quarantine import count_kept_aside, kept_aside

    if as_csv and load is not None:
        _print_csv(session, opened, load, reason)
        return

    def read() -> tuple[list["KeptAside"], int, dict[int, tuple[str, ...]]]:
        found = kept_aside(opened.engine, load, reason, limit)
        total = count_kept_aside(opened.engine, load, reason) if len(found) == limit else len(found)
        return found, total, files_of(opened.engine, {one.load_id for one in found})

    found, total, files = opened.read_consistently(read)
    told = [{**asdict(one), "explanation": explained(one), "files": files.get(one.load_id, ())} for one in found]
    if as_json:
        session.out(orjson.dumps({"rejects": told, "total": total}).decode())
        return
    for one in found:
        place = f"load {one.load_id} row {one.row:,} of {one.table} ({', '.join(files.get(one.load_id, ()))})"
        session.out(f"{place}: {one.reason}, {explained(one)}: {one.original}".rstrip(": "))
    if len(found) < total:
        session.out(f"{len(found):,} of {total:,} rows. More with --limit.")


def _print_csv(session: CommandSession, opened: "Warehouse", load: int, reason: str | None) -> None:
    from ingest.quarantine.rejects_csv import to_csv
    from ingest.rows.contract import contract_for
    from warehouse.loads.quarantine import ALL, kept_aside

    found = kept_aside(opened.engine, load, reason, ALL)
    if not found:
        raise BadInput(f"Load {load} has no rows in the quarantine.")
    session.out(to_csv(found, contract_for(found[0].table, now_s=0)).removesuffix("\n"))


def retry(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Load the rows that waited in the quarantine for a user or film that has arrived."""
    session: CommandSession = ctx.obj
    released = session.warehouse().retry()
    if as_json:
        session.out(orjson.dumps({"released": [asdict(one) for one in released]}).decode())
        return
    for one in released:
        session.out(_released_line(one))
    if not released:
        session.out("No quarantined row can be loaded yet: the users or films they need have not arrived.")


def _released_line(one: "Released") -> str:
    stay = f", {one.conflicts:,} stay as conflicts" if one.conflicts else ""
    return (
        f"load {one.load_id} of {one.table}: {one.accepted:,} accepted, {counted(one.duplicates, 'duplicate')}{stay}, "
        f"by load {one.released_by}."
    )
