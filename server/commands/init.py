"""`marquee init`: a folder ready to run."""

from typing import Annotated

import typer

from server.commands.local_session import LocalSession
from server.identity.secret import read_secret
from warehouse.engine.private_folder import make_private
from warehouse.errors import BadInput, Unavailable

_FILE = "marquee.toml"
_FILE_TEXT = """\
# Settings of Marquee, read from the folder in which a command starts; the environment (MARQUEE_PORT=8080) overrides
# them. All of them, with their values: marquee config show
warehouse = "chdb://.marquee/warehouse"
host = "127.0.0.1"
port = 8000
# public_url = "https://analytics.example.com"
"""


def init(
    ctx: typer.Context,
    folder: Annotated[str, typer.Argument(help="The folder; it is made, if it is missing.")] = ".",
) -> None:
    """Make a folder ready to run: marquee.toml with the settings, a place for the warehouse, and a new secret that only
    you can read."""
    session: LocalSession = ctx.obj
    place = session.resolve(folder).absolute()
    settings, data = place / _FILE, place / ".marquee"
    if settings.exists():
        raise BadInput(f"{settings} exists already. See what is set: marquee config show")
    try:
        place.mkdir(parents=True, exist_ok=True)
        make_private(data)
        read_secret(data / "secret")
        with settings.open("x", encoding="utf-8") as file:
            file.write(_FILE_TEXT)
    except OSError as error:
        raise Unavailable(f"{error.filename or place} can't be made: {error.strerror}.") from error
    session.out(f"Made {settings} and {data}/secret.")
    where = "" if place == session.folder else f"cd {place} && "
    session.out(
        f"Next: {where}marquee demo, to look around with made-up data; or marquee ingest load users users.csv, then "
        "marquee serve."
    )
