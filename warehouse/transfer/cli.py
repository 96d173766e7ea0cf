"""`marquee warehouse export` and `import`: a warehouse as Parquet, to move it from a folder to a server or back."""

from typing import Annotated

import typer

from warehouse.command_session import CommandSession
from warehouse.plurals import counted


def export(
    ctx: typer.Context,
    dest: Annotated[
        str, typer.Argument(metavar="DEST", help="A folder; one that holds an export is brought up to date.")
    ],
) -> None:
    """Write the warehouse as Parquet, with its ledger and old versions, while it is used: all of one moment."""
    session: CommandSession = ctx.obj
    opened = session.warehouse()
    from warehouse.transfer.export import export as exported

    done = exported(opened.engine, session.resolve(dest).resolve(), opened.held_still())
    files = len(done.manifest.files)
    session.out(
        f"Exported {counted(done.manifest.rows, 'row')} up to load {done.manifest.last_load}: "
        f"{counted(files, 'file')}, of which {done.files_written:,} were written. "
        "Take the hash key with it: it is not inside."
    )


def import_(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SRC", help="A folder that `export` made.")],
) -> None:
    """Make the warehouse what an export says: a new one, or one that an earlier export made, which catches up."""
    session: CommandSession = ctx.obj
    opened = session.warehouse()
    from warehouse.transfer.importing import import_export

    done = import_export(opened, session.resolve(source).resolve())
    if done.forgotten:
        session.out(f"People left out, because they were forgotten here and not there: {done.forgotten:,}.")
    session.out(
        f"Imported the warehouse of {done.manifest.made_at}, up to load {done.manifest.last_load}: "
        f"{counted(done.manifest.rows, 'row')}, {counted(done.partitions, 'partition')} changed. Each has the rows of "
        "its file; marquee warehouse verify compares every value of the rollups."
    )
