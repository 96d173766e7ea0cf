"""`marquee ingest inspect`: what a file seems to be, and a profile for it."""

import time
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from ingest.commands.load import PROFILES
from ingest.files.file_format import FileFormat
from ingest.readable_names import listed, plain_or_shown
from warehouse.command_session import CommandSession
from warehouse.errors import BadInput
from warehouse.model.tables import TABLES, no_table
from warehouse.plurals import counted

if TYPE_CHECKING:
    from ingest.profiles.inspection import Inspected


def inspect(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The file to look at.")],
    table: Annotated[str | None, typer.Option(help="The table that it is for, if it can't be detected.")] = None,
    file_format: Annotated[
        FileFormat | None, typer.Option("--format", help="Its format, whatever its name says.")
    ] = None,
    write: Annotated[
        str | None, typer.Option(metavar="NAME", help="Write the proposed profile to profiles/NAME.toml.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what a file is, how its columns become ours, and what is wrong with its first rows; load nothing."""
    session: CommandSession = ctx.obj
    from ingest.profiles.inspection import inspect_file
    from ingest.profiles.profile_document import to_toml

    if table is not None and table not in TABLES:
        raise typer.BadParameter(no_table(table))
    path = file if "://" in file else session.resolve(file)
    if not isinstance(path, str) and not path.is_file():
        raise typer.BadParameter(f"no such file: {file}")
    found = inspect_file(path, file, int(time.time()), table or "", file_format)
    document = to_toml(found.profile)
    if write is not None:
        _write(session, write, document)
    session.out(_json(found) if as_json else "\n".join(_lines(found, document, write)))


def _write(session: CommandSession, name: str, document: str) -> None:
    folder = session.resolve(PROFILES)
    path = folder / f"{name}.toml"
    if not name.replace("-", "").replace("_", "").isalnum():
        raise typer.BadParameter(f"{name!r} is not a profile name: letters, digits, - and _")
    try:
        folder.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(document)
    except FileExistsError as error:
        raise typer.BadParameter(f"{PROFILES}/{path.name} is there already") from error
    except OSError as error:
        raise BadInput(f"{PROFILES}/{path.name} can't be written: {error.strerror}") from error


def _lines(found: "Inspected", document: str, written: str | None) -> list[str]:
    packed = f", {found.compression}" if found.compression else ""
    looks = f"{found.file}: {found.format.label}{packed}, {found.encoding}, {listed(found.columns)}."
    if found.missing:
        verdict = f"As {found.table} it lacks {listed(found.missing)}."
    elif found.refused:
        verdict = f"As {found.table} it would be refused: {found.refused}."
    else:
        verdict = f"Of the first rows {counted(found.good, 'row')} can be loaded into {found.table}."
    name = written or "NAME"
    use = f"marquee ingest load {found.table} {plain_or_shown(found.file)} --profile {name}"
    place = f"# {PROFILES}/{name}.toml, for {use}"
    return [looks, verdict, *(f"Not so: {sentence}" for sentence in found.bad), place, document.rstrip("\n")]


def _json(found: "Inspected") -> str:
    return orjson.dumps(
        {
            "file": found.file,
            "format": found.format,
            "compression": found.compression,
            "encoding": found.encoding,
            "columns": found.columns,
            "table": found.table,
            "missing": found.missing,
            "refused": found.refused,
            "good_rows": found.good,
            "bad": found.bad,
            "profile": found.profile,
        }
    ).decode()
