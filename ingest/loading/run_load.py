"""The work of `marquee ingest load` after its arguments are parsed: find the files, and load them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import typer

from ingest.commands.progress_bar import progress_bar
from ingest.files.inputs import Input, inputs
from ingest.loading.load_files import Report, load_files
from ingest.loading.options import Options
from ingest.progress import Progress
from ingest.rows.contract import contract_for
from warehouse import Warehouse
from warehouse.command_session import CommandSession
from warehouse.errors import BadInput


def run(session: CommandSession, table: str, files: list[str], options: Options) -> Report:
    """Load the files that the arguments name; the warehouse is opened once all files are found.

    Raises: BadParameter for options that do not fit the table, and for missing files.
    """
    try:
        options.wanted(contract_for(table, now_s=0))
    except BadInput as error:
        raise typer.BadParameter(str(error)) from error
    with _meant(session, files, options) as found, progress_bar(session.console) as progress:
        return _loaded(session.warehouse(), table, found, progress, options)


def _loaded(warehouse: Warehouse, table: str, found: list[Input], progress: Progress, options: Options) -> Report:
    """Report a load that can't be replaced as a usage error, before anything is read."""
    if not (options.replaces or options.repairs):
        return load_files(warehouse, table, found, progress, options)
    if len(found) != 1:
        option = "--replace" if options.replaces else "--repairs"
        raise typer.BadParameter(f"{option} takes one file in the place of one load, not {len(found)}")
    try:
        return load_files(warehouse, table, found, progress, options)
    except BadInput as error:
        raise typer.BadParameter(str(error)) from error


@contextmanager
def _meant(session: CommandSession, files: list[str], options: Options) -> Iterator[list[Input]]:
    """The files that the arguments name; a missing one is a usage error."""
    with ExitStack() as kept:
        format_ = options.format or options.profile.format
        try:
            found = kept.enter_context(inputs(files, session.resolve, session.stdin, format_, session.stream_of))
        except BadInput as error:
            raise typer.BadParameter(str(error)) from error
        yield found
