"""`marquee serve` and `demo`: they hold the warehouse until they are stopped, and run commands forwarded to them.

The root command line always imports this module, so the commands import the generator and the service themselves.
"""

import signal
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from server.commands.browser import has_screen, open_page
from server.commands.local_session import LocalSession

if TYPE_CHECKING:
    from server.commands.relay import Forwarded, Run
    from warehouse import Warehouse

DEMO_SEED = 42

Host = Annotated[str | None, typer.Option(help="The address to listen on; default: MARQUEE_HOST or 127.0.0.1.")]
Browser = Annotated[bool, typer.Option("--open/--no-open", help="Open the dashboard in the browser.")]
Activity = Annotated[
    bool, typer.Option("--activity/--no-activity", help="Go on with the demo data while it is served.")
]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="The port; default: MARQUEE_PORT or 8000.")]


def serve(ctx: typer.Context, host: Host = None, port: Port = None) -> None:
    """Serve the existing warehouse."""
    _serve(ctx.obj, host, port, links=False)


def demo(
    ctx: typer.Context, host: Host = None, port: Port = None, browser: Browser = True, activity: Activity = True
) -> None:
    """Make the demo data if the warehouse is empty, then serve; prints a ready link for each role, and opens the
    dashboard as an admin in this terminal's browser. Its people go on watching, and Spark's results are computed in the
    background where Java is installed.
    """
    session: LocalSession = ctx.obj
    opens = open_page if browser and has_screen() else None
    _serve(session, host, port, links=True, before=lambda: _fill(session), opens=opens, is_lively=activity)


def _fill(session: LocalSession) -> None:
    if not session.warehouse().is_empty():
        return
    from ingest.commands.progress_bar import progress_bar
    from ingest.generator.demo import DemoSize, load_demo

    with progress_bar(session.console) as progress:
        load_demo(session.warehouse(), DemoSize(), DEMO_SEED, datetime.now(UTC), progress, experiments=True)


def _serve(
    session: LocalSession,
    host: str | None,
    port: int | None,
    links: bool,
    before: Callable[[], None] = lambda: None,
    opens: Callable[[str], None] | None = None,
    is_lively: bool = False,
) -> None:
    from server.http import serving

    settings = session.settings
    # A terminal that is closed, or a log that is moved away, does not end a server. The server's loop takes it over.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    bound = serving.listen(host or settings.host, port or settings.port)
    with bound:
        before()
        serving.serve(session, bound, relayed(session, session.warehouse()), links, opens, is_lively)


def relayed(holder: LocalSession, warehouse: "Warehouse") -> "Run":
    """A function that runs a command for another process on the warehouse that is open here."""
    run_command = holder.run
    assert run_command is not None, "a session made for the command line needs `run`"

    def run(command: "Forwarded") -> int:
        caller = LocalSession(
            holder.settings,
            command.folder,
            command.out,
            command.console,
            home=holder.home,
            send=command.send,
            screen=command.screen,
            lent=warehouse,
            spooled=command.stdin,
            given=command.given,
        )
        return run_command(command.argv, caller)

    return run
