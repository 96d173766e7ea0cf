"""`marquee mcp`: the Model Context Protocol over standard input and output, for assistants that start their tools.

It answers from this machine's warehouse, or with `--url` from a running server, whose tools and token then count.
"""

import asyncio
import re
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schema.roles import Role
from server.commands.audit_record import operator
from server.commands.local_session import LocalSession
from server.commands.serve import relayed
from server.identity.principal import Principal
from warehouse.errors import BadInput, Unavailable, WarehouseHeld

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

    from server.commands.relay import Relay


def mcp(
    ctx: typer.Context,
    url: Annotated[
        str, typer.Option("--url", help="Ask this server, with the token in MARQUEE_TOKEN: http://127.0.0.1:8000")
    ] = "",
    role: Annotated[
        Role | None, typer.Option(help="The role to ask this machine's warehouse as: its masks apply; default: viewer.")
    ] = None,
) -> None:
    """Answer an assistant over standard input and output, with the tools of /mcp."""
    session: LocalSession = ctx.obj
    if url:
        _check_remote(url, role, session.token)
        from server.mcp.bridge import bridged

        asyncio.run(bridged(url.rstrip("/"), session.token, _speak))
        return
    with ExitStack() as stack:
        relay = _held(session)
        if relay is not None:
            stack.enter_context(closing(relay))
        service = session.service()
        # Imported late: the SDK is slow to import.
        from server.identity.callers import Caller
        from server.mcp.protocol import protocol_server

        caller = Caller(Principal(operator(), role or Role.VIEWER))
        asyncio.run(_speak(protocol_server(service, lambda _: caller)))


def _check_remote(url: str, role: Role | None, token: str) -> None:
    """Raises: BadInput for an address or options that can't be."""
    if not re.match(r"https?://", url):
        raise BadInput(f"--url is {url!r}, expected the address of a server: http://127.0.0.1:8000")
    if role is not None:
        raise BadInput("--role is for this machine's warehouse. With --url, the token in MARQUEE_TOKEN has the role.")
    if not token:
        raise BadInput("--url needs a token in MARQUEE_TOKEN; get one with: marquee token issue --role viewer --ttl 8h")


def _held(session: LocalSession) -> "Relay | None":
    """Open the warehouse, and take other commands on it while an assistant is connected; None where others may open
    it too.

    Raises: Unavailable when another process has it.
    """
    try:
        warehouse = session.warehouse()
    except WarehouseHeld as error:
        raise Unavailable(
            f"{error} To ask a running server, add --url http://127.0.0.1:8000 and put a token in MARQUEE_TOKEN."
        ) from error
    from server.commands.relay import relay_on

    return relay_on(warehouse, relayed(session, warehouse), session.secret_file)


async def _speak(server: "Server[Any]") -> None:
    """Speak until standard input ends. What else is printed meanwhile goes to standard error."""
    from mcp.server.stdio import stdio_server

    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())
