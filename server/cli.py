"""`marquee`: the root of the command line. Each folder's commands are mounted here; settings are read here, once.

Output goes to stdout, progress to stderr; `server/commands/exit_codes.py` has the exit codes. If another process holds
the embedded folder, the command is forwarded to that process.
"""

import errno
import logging
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from typer.core import TyperGroup

from server.commands import relay
from server.commands.audit_record import command_record
from server.commands.completion import QueryCommand
from server.commands.dashboard_link import open_dashboard
from server.commands.doctor import doctor
from server.commands.exit_codes import DONE, FAILED, INTERRUPTED, OUTPUT_CLOSED, WRONG_USAGE, WrongUsage
from server.commands.init import init
from server.commands.lazy_group import LazyGroup
from server.commands.local_session import LocalSession
from server.commands.login import login, logout
from server.commands.mcp import mcp
from server.commands.query import query
from server.commands.relay import OutputClosed
from server.commands.report import report
from server.commands.serve import demo, serve
from server.commands.sql import sql
from server.commands.typer_internals import UsageError
from server.commands.usage_errors import told_usage
from server.commands.wait_option import DEFAULT_WAIT, OPTION, split_wait, waiting
from server.redaction import log_to_stderr
from warehouse.audit.record import OK, recording
from warehouse.command_session import CommandSession
from warehouse.engine.private_folder import UMASK
from warehouse.errors import EngineFault, MarqueeError, WarehouseHeld

GROUPS = (
    LazyGroup("ingest", "ingest.cli:app", "Generate demo data, load files."),
    LazyGroup("warehouse", "warehouse.cli:app", "Maintain the warehouse."),
    LazyGroup("spark", "spark.cli:app", "Run Spark jobs."),
    LazyGroup("token", "server.identity.cli:app", "Issue, inspect and revoke tokens."),
    LazyGroup("config", "server.commands.config:config", "Show the settings."),
)
# Errors of a disk that takes no more output.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})
# These commands hold the folder themselves, so they are never forwarded.
_HOLDERS = frozenset({"serve", "demo", "mcp"})


class Root(TyperGroup):
    """The root command. A group is imported only when it is used."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for group in GROUPS:
            self.add_command(group)


app = typer.Typer(
    cls=Root, no_args_is_help=True, help="Streaming analytics you can query.", pretty_exceptions_enable=False
)
# It prints its own help, for --help after an operation is about that.
app.command(
    cls=QueryCommand,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)(query)
app.command()(report)
app.command()(sql)
app.command()(serve)
app.command()(demo)
app.command()(mcp)
app.command()(init)
app.command("open")(open_dashboard)
app.command()(login)
app.command()(logout)
app.command()(doctor)


def _tell_version(ctx: typer.Context, is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version

        ctx.obj.out(f"marquee {version('marquee')}")
        raise typer.Exit


@app.callback()
def marquee(
    is_version_asked: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="Print the version.")
    ] = False,
    wait: Annotated[
        str, typer.Option(OPTION, help="How long to wait for a warehouse that another command uses; 0s: not at all.")
    ] = DEFAULT_WAIT,
) -> None:
    """Options of the root."""


def _run(argv: list[str], session: LocalSession) -> int:
    """Run one command; returns its exit code. Commands that use the warehouse are recorded in the audit log, except
    `serve`, `demo` and `mcp`: their requests are recorded one by one.
    """
    command = typer.main.get_command(app)
    words = _named(command, argv)
    if not words or words[0] in _HOLDERS:
        return _main_of(command, argv, session)
    with recording(session.take, command_record(words)) as record:
        code = _main_of(command, argv, session)
        record.outcome = record.outcome or (OK if code == DONE else "FAILED")
    return code


def _main_of(command: Any, argv: list[str], session: CommandSession | None) -> int:
    code: Any = command.main(args=argv, prog_name="marquee", standalone_mode=False, obj=session)
    return code if isinstance(code, int) else 0


def _named(command: Any, argv: list[str]) -> list[str]:
    """The command's name without its arguments, such as `ingest load`."""
    words: list[str] = []
    for word in argv:
        command = getattr(command, "commands", {}).get(word)
        if command is None:
            break
        words.append(word)
    return words


def _ended(run: Callable[[], int], console: Console) -> int:
    """The exit code of a command. An error is printed as one line."""
    try:
        return run()
    except WarehouseHeld:
        raise
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except OutputClosed:
        return OUTPUT_CLOSED
    except SystemExit as ended:
        # Rich ends a process so whose help nobody reads any more.
        if isinstance(ended.__context__, BrokenPipeError):
            return OUTPUT_CLOSED
        raise
    except (UsageError, MarqueeError) as error:
        return _refused(error, console)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            _tell(console, f"The output can't be written: {error.strerror}.")
            _drop_output()
        else:
            logging.getLogger("marquee").exception("a command failed")
            _tell(console, f"Bug in Marquee: {type(error).__name__}: {error}")
        return FAILED


def _refused(error: UsageError | MarqueeError, console: Console) -> int:
    """The exit code of a refusal, which is printed."""
    if isinstance(error, UsageError):
        help_path = error.ctx.command_path if error.ctx else "marquee"
        _tell(console, f"{told_usage(error)} (see {help_path} --help)")
        return WRONG_USAGE
    if isinstance(error, EngineFault):
        logging.getLogger("marquee").error("the engine rejected a generated statement", exc_info=error)
        _tell(console, f"Bug in Marquee: {error.told}")
        return FAILED
    _tell(console, str(error))
    return WRONG_USAGE if isinstance(error, WrongUsage) else FAILED


def _tell(console: Console, sentence: str) -> None:
    console.print(sentence, highlight=False, markup=False, soft_wrap=True)


def main() -> None:
    """The entry point."""
    # Data, staging, spill files, sockets and logs are for their owner only.
    os.umask(UMASK)
    argv = sys.argv[1:]
    console = Console(stderr=True)
    code = _ended(lambda: _main(argv, console), console)
    if code == OUTPUT_CLOSED:
        _drop_output()
    sys.exit(code)


def _drop_output() -> None:
    """What is left in the buffer has nowhere to go, and would be an error at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - the signature is a signal handler's
    raise SystemExit(128 + number)


def _main(argv: list[str], console: Console) -> int:
    if argv in ([], ["--help"]):
        # Help needs no settings, and reading them takes as long as all the rest.
        return _main_of(typer.main.get_command(app), argv, None)
    from server.settings import read_settings

    wait_s, argv = split_wait(argv)
    settings = read_settings()
    log_to_stderr(settings.log_level)
    # SIGTERM works like Ctrl-C: the command releases what it holds and writes its audit record.
    signal.signal(signal.SIGTERM, _end)
    session = LocalSession(
        settings, console=console, run=lambda argv, apart: _ended(lambda: _run(argv, apart), apart.console)
    )
    try:
        return waiting(lambda: _ended(lambda: _run(argv, session), console), wait_s, session.say)
    except WarehouseHeld as held:
        if held.socket is None or argv[0] in _HOLDERS:
            _tell(console, str(held))
            return FAILED
        return relay.forward(held.socket, argv)
    finally:
        session.close()
