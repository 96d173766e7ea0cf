"""`marquee warehouse backup`, `restore` and `adopt`: copies of an embedded warehouse, taken while it is used."""

from typing import TYPE_CHECKING, Annotated

import typer

from warehouse.command_session import CommandSession
from warehouse.errors import BadInput, Unavailable, WarehouseHeld
from warehouse.plurals import counted

if TYPE_CHECKING:
    from pathlib import Path


def backup(
    ctx: typer.Context,
    dest: Annotated[
        str,
        typer.Argument(metavar="DEST", help="A folder for backups; on a server `disk:NAME/path`, as it is set there."),
    ],
    incremental: Annotated[
        bool, typer.Option("--incremental", help="Share what is unchanged with the newest backup in DEST.")
    ] = False,
) -> None:
    """Make a backup while the warehouse is used: all of one moment. Each can be restored and removed by itself."""
    session: CommandSession = ctx.obj
    opened = session.warehouse()
    from warehouse.backup.backup import back_up
    from warehouse.backup.server_backup import back_up_server
    from warehouse.engine.address import Embedded

    if not isinstance(opened.address, Embedded):
        place = back_up_server(opened.engine, dest, incremental, opened.held_still())
        session.out(f"Backed up to {place}.")
        return
    done = back_up(
        opened.engine, opened.address.folder, session.resolve(dest).resolve(), incremental, opened.held_still()
    )
    shared = f", {done.linked_bytes:,} of them shared with the backup before" if done.linked_bytes else ""
    session.out(
        f"Backed up {counted(sum(done.manifest.tables.values()), 'row')} to {done.path}: "
        f"{done.manifest.size_bytes:,} bytes{shared}. Keep the hash key with it: it is not inside."
    )


def restore(
    ctx: typer.Context,
    backup: Annotated[str, typer.Argument(metavar="BACKUP", help="A folder that `backup` made.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Move an existing warehouse aside instead of refusing.")
    ] = False,
) -> None:
    """Restore a backup to MARQUEE_WAREHOUSE, and check every part of it. No process may use the warehouse."""
    session: CommandSession = ctx.obj
    folder = _claimed(session)
    from warehouse.backup.restore import restore as restored

    done = restored(session.resolve(backup).resolve(), folder, replace, session.warehouse)
    if done.moved is not None:
        session.out(f"The warehouse that was there is in {done.moved}.")
    if done.forgotten:
        session.out(f"People forgotten again, because they were forgotten after the backup: {done.forgotten:,}.")
    for table, (before, after) in done.differing.items():
        session.out(f"{table} has {after:,} rows; in the backup {before:,}.")
    session.out(
        f"Restored the warehouse of {done.manifest.made_at}, {counted(sum(done.manifest.tables.values()), 'row')}; "
        "every part has its checksums. marquee warehouse verify compares every value."
    )
    if done.differing:
        raise typer.Exit(1)


def adopt(ctx: typer.Context) -> None:
    """Accept a folder that was copied while it was in use, if all of it proves to be right."""
    session: CommandSession = ctx.obj
    folder = _claimed(session)
    from warehouse.backup.copied_folder import adopt as adopted

    wrong = adopted(folder, session.warehouse, session.close)
    for sentence in wrong:
        session.out(sentence)
    session.out(
        "The copy is not whole. Restore a backup, or load its files into a new warehouse."
        if wrong
        else "The copy is whole: every part has its checksums, ids are unique, and rollups agree with the facts."
    )
    if wrong:
        raise typer.Exit(1)


def _claimed(session: CommandSession) -> "Path":
    """The embedded folder, held by this process and not opened.

    Raises: BadInput on a server; Unavailable when another process has the folder.
    """
    from warehouse.engine.address import Embedded

    address = session.address
    if not isinstance(address, Embedded):
        raise BadInput("This is for an embedded warehouse. On a ClickHouse server use its own BACKUP and RESTORE.")
    address.folder.mkdir(parents=True, exist_ok=True)
    try:
        session.claim()
    except WarehouseHeld as error:
        raise Unavailable(f"{error} It can't be done while the warehouse is used.") from error
    return address.folder
