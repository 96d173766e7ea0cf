"""`marquee config show`: every setting, its value, and where it is from."""

import os
import re
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import orjson
import typer

from server.commands.answer_table import laid_out
from server.commands.local_session import LocalSession
from server.redaction import redacted
from server.settings import FILE, PREFIX, Settings

config = typer.Typer(no_args_is_help=True)

_HIDDEN = "[redacted]"
# The password of the account that only reads, in the address of a warehouse.
_READER = re.compile(r"(reader=[^:&]*:)[^&]*")


@dataclass(frozen=True)
class Shown:
    """One setting: its value as text, secrets redacted, and where it is from."""

    name: str
    value: str
    source: str


@config.callback()
def _group() -> None:
    """Show the settings."""


@config.command("show")
def show(
    ctx: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array.")] = False,
    changed: Annotated[bool, typer.Option("--changed", help="Only those that are not the default.")] = False,
) -> None:
    """Print every setting, its value and where it is from: the environment, marquee.toml or the default. Secrets are
    not shown."""
    session: LocalSession = ctx.obj
    found = [one for one in shown_settings(session) if not changed or one.source != "default"]
    if as_json:
        session.out(orjson.dumps([asdict(one) for one in found], option=orjson.OPT_INDENT_2).decode())
        return
    cells = [[one.name, one.value, one.source] for one in found]
    session.out(laid_out(["setting", "value", "from"], [False] * 3, cells, session.screen))


def shown_settings(session: LocalSession) -> list[Shown]:
    """Every setting of a session, in the order of their declaration."""
    in_file = _named_in_file(session.home / FILE)
    in_environment = {name.upper() for name in os.environ}
    return [_shown(session, name, in_environment, in_file) for name in Settings.model_fields]


def _shown(session: LocalSession, name: str, in_environment: set[str], in_file: set[str]) -> Shown:
    value = getattr(session.settings, name)
    source = FILE if name in in_file else "default"
    if f"{PREFIX}{name}".upper() in in_environment:
        source = "environment"
    path = {"secret_file": session.secret_file, "hash_key_file": session.hash_key_file}.get(name)
    if path is not None and path != session.home / value:
        return Shown(name, str(path), "beside the warehouse")
    return Shown(name, _text(name, value), source)


def _text(name: str, value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if value and not Settings.model_fields[name].repr:
        return _HIDDEN
    return _READER.sub(rf"\1{_HIDDEN}", redacted(str(value)))


def _named_in_file(path: Path) -> set[str]:
    """The settings that a file names; it was read when the process started."""
    try:
        return set(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return set()
