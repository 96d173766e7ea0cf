"""`marquee login` and `logout`: the token of a server, checked there and kept for the commands that ask it."""

import sys
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from getpass import getpass
from typing import Annotated

import orjson
import typer

from server.commands.exit_codes import WrongUsage
from server.commands.local_session import LocalSession
from server.commands.saved_logins import logins_path, read_logins, write_logins
from warehouse.errors import BadInput
from warehouse.query.local_time import instant_text

_VIEWER = "{ viewer { subject role scope { name values } } }"
_STDIN = "-"

Address = Annotated[str, typer.Argument(help="The server's address: https://analytics.example.com", show_default=False)]


def login(
    ctx: typer.Context,
    url: Address,
    token: Annotated[
        str, typer.Argument(help="-, to read the token from stdin; without it you are asked.", show_default=False)
    ] = "",
) -> None:
    """Sign in on a server: `marquee query` then asks it with your token, if `--url` names it, or there is no warehouse
    here. The token is saved in a file that only you can read."""
    session: LocalSession = ctx.obj
    # Imported late: --help needs no HTTP.
    from server.commands.remote_server import RemoteServer, checked_address, checked_token

    address = checked_address(url)
    bearer = checked_token(_token(session, token, address))
    body = RemoteServer(address, bearer).run(_VIEWER)
    if body.get("errors"):
        raise BadInput("\n".join(str(error["message"]) for error in body["errors"]))
    viewer = body["data"]["viewer"]
    write_logins(read_logins().with_login(address, bearer))
    rows = ", ".join(f"{one['name']} {' or '.join(one['values'])}" for one in viewer["scope"] or ())
    expiry = _expiry(bearer)
    until = f" until {instant_text(expiry, 'seconds')}" if expiry else ""
    limited = f", limited to {rows}" if rows else ""
    session.out(f"Signed in at {address} as {viewer['subject']} ({viewer['role'].lower()}{limited}){until}.")
    session.say(f"Saved in {logins_path()}. Forget it: marquee logout")


def logout(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(help="The server's address; default: that of the last login.")] = "",
) -> None:
    """Forget the token of a server. It stays valid until it expires, or is revoked: `marquee token revoke`."""
    session: LocalSession = ctx.obj
    logins = read_logins()
    address = url.rstrip("/") or logins.current
    if address not in logins.tokens:
        known = ", ".join(logins.tokens) or "none"
        raise BadInput(f"You are not signed in at {address or 'any server'}. Signed in at: {known}.")
    write_logins(logins.without(address))
    session.out(f"Signed out of {address}.")


def _token(session: LocalSession, given: str, address: str) -> str:
    """The token, as it is sent or typed.

    Raises: WrongUsage for one among the arguments, and where there is nobody to ask.
    """
    from server.commands.remote_server import token_of_stdin

    if given == _STDIN:
        return token_of_stdin()
    if given:
        raise WrongUsage(
            "All users of this machine can see the arguments of a command. Give - and send the token on stdin, or give "
            "nothing and type it."
        )
    if not sys.stdin.isatty():
        raise WrongUsage(f"There is no terminal to ask on. Send the token on stdin: marquee login {address} -")
    session.say(f"Make a token on {address} (Operations, or marquee token issue), and paste it.")
    return getpass("Token: ").strip()


def _expiry(token: str) -> datetime | None:
    """When a token says that it expires. It is not checked here: the server has accepted it."""
    try:
        payload = token.split(".")[1]
        claims = orjson.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return datetime.fromtimestamp(int(claims["exp"]), UTC)
    except (IndexError, ValueError, KeyError, TypeError, OverflowError, OSError):
        return None
