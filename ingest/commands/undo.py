"""`marquee ingest undo`: take a load back."""

from dataclasses import asdict
from typing import Annotated

import orjson
import typer

from warehouse.command_session import CommandSession
from warehouse.errors import BadInput
from warehouse.plurals import counted


def undo(
    ctx: typer.Context,
    load: Annotated[int, typer.Argument(min=1, help="The load's number, as marquee ingest status lists it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Take a load back, from facts and rollups at once; its files can be loaded again."""
    session: CommandSession = ctx.obj
    try:
        done = session.warehouse().undo(load)
    except BadInput as error:
        raise typer.BadParameter(str(error)) from error
    told = f"load {done.load_id} of {done.table}: {counted(done.rows, 'row')} taken back, by load {done.undone_by}."
    session.out(orjson.dumps(asdict(done)).decode() if as_json else told)
