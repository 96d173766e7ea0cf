"""`marquee open`: a page of the server that runs here, in a browser that is signed in by a link for once."""

from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated

import typer

from schema.roles import Role
from server.commands.audit_record import operator
from server.commands.browser import has_screen, open_page
from server.commands.local_session import LocalSession
from server.identity.principal import Principal
from warehouse.errors import BadInput, Unauthenticated, Unavailable

_TTL = timedelta(hours=8)
_WITHIN = timedelta(minutes=5)
_CHECK = timedelta(minutes=1)
# A server that listens on all addresses is reached on the first of these.
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def open_dashboard(
    ctx: typer.Context,
    page: Annotated[str, typer.Argument(help="The page, such as explore or operations.", show_default=False)] = "",
    role: Annotated[Role, typer.Option(help="The role to sign in as: viewer, analyst or admin.")] = Role.ADMIN,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="The server's port; default: MARQUEE_PORT or 8000.")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--print", help="Open a browser, or only print the link.")] = True,
) -> None:
    """Open the dashboard of the server that runs here, signed in for 8 hours by a link that works once, within 5
    minutes. Without a screen the link is printed."""
    session: LocalSession = ctx.obj
    # Imported late: --help needs no HTTP.
    from server.identity.token_service import check_signs_in

    check_signs_in(role)
    path = _path(page)
    settings = session.settings
    address = settings.page_address(_ANY.get(settings.host, settings.host), port or settings.port)
    _check_server(session, address)
    link = session.tokens().issue_link(Principal(operator(), role), _TTL, _WITHIN).token
    opened = f"{address}{path}#link={link}"
    if browser and has_screen():
        open_page(opened)
        session.out(f"Opened {address}{path} as {role.value}.")
    else:
        session.out(opened)


def _path(page: str) -> str:
    """The path of a page.

    Raises: BadInput with the pages that there are.
    """
    from server.http.app import PAGE_PATHS

    path = f"/{page.strip('/')}"
    first = f"/{path.split('/')[1]}"
    known = sorted({f"/{one.split('/')[1]}" for one in PAGE_PATHS})
    if first not in known:
        near = get_close_matches(first, known, n=1)
        meant = f" Did you mean {near[0].strip('/')}?" if near else ""
        names = ", ".join(one.strip("/") for one in known if one != "/")
        raise BadInput(f"There is no page {page!r}.{meant} Pages: {names}.")
    return path


def _check_server(session: LocalSession, address: str) -> None:
    """Check that a server of ours answers at an address, and accepts the tokens that are made here.

    Raises: Unavailable.
    """
    from server.commands.remote_server import RemoteServer

    token = session.tokens().issue(Principal(operator(), Role.VIEWER), _CHECK).token
    try:
        RemoteServer(address, token).run("{ viewer { role } }")
    except Unauthenticated as error:
        raise Unavailable(
            f"The server at {address} does not accept tokens that are signed by {session.secret_file.absolute()}: it "
            "was started with another secret. Run this in its folder, or set MARQUEE_SECRET_FILE to its file."
        ) from error
    except Unavailable as error:
        raise Unavailable(f"{error} Another port is named by --port or MARQUEE_PORT.") from error
