"""`marquee ingest watch`: load files that arrive in a folder, until stopped."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import orjson
import typer

from ingest.commands.load import PROFILES
from ingest.commands.stop_signals import ending
from ingest.files.stream_paths import printable
from ingest.watching.drop_folder import Arrival, DropFolder
from ingest.watching.watch import Load, Outcome, Watch, outcome_of
from warehouse.command_session import CommandSession, RunCommand
from warehouse.errors import BadInput


def watch(
    ctx: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The folder that files arrive in.")],
    once: Annotated[bool, typer.Option("--once", help="Load what is there, and exit; for cron.")] = False,
    every: Annotated[
        float, typer.Option(min=0.1, max=3600, help="Seconds between scans; a file that did not change is complete.")
    ] = 2.0,
    profiles: Annotated[
        list[str] | None,
        typer.Option("--profile", metavar="NAME", help="The profile for files of its table; may be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a file.")] = False,
) -> None:
    """Load files that arrive in a folder, and move them to done/ or refused/ in it."""
    session: CommandSession = ctx.obj
    drop = DropFolder(session.resolve(folder))
    try:
        drop.prepare()
    except OSError as error:
        raise typer.BadParameter(f"{folder} is not a folder to watch: {error.strerror}") from error
    read_by = _by_table(profiles or [], session)
    with ending() as end:
        watch = Watch(drop, lambda: loading(session.commands, read_by), end.is_set)
        watcher = _Watcher(session, drop, watch, as_json)
        if once:
            watcher.look()
            end.wait(every)
            watcher.look()
            raise typer.Exit(1 if watcher.has_failed else 0)
        session.say(f"Watching {folder}. Ctrl-C stops after the current file.")
        while not end.is_set():
            watcher.look()
            end.wait(every)


@contextmanager
def loading(
    commands: Callable[[], AbstractContextManager[RunCommand]], read_by: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Load]:
    """Load files by `marquee ingest load`, which runs here or in the process that holds the warehouse; `read_by` are
    the profiles, by table.
    """
    with commands() as run:
        yield lambda arrival: _by_command(arrival, run, read_by.get(arrival.table))


def _by_table(names: list[str], session: CommandSession) -> dict[str, str]:
    """Profiles by their tables."""
    # Imported here, because profiles import Arrow, which a watcher without them does not need.
    from ingest.profiles.profile import profile_of, read_profile

    found: dict[str, str] = {}
    for name in names:
        try:
            table = profile_of(read_profile(name, session.resolve(PROFILES))).table
        except BadInput as error:
            raise typer.BadParameter(str(error)) from error
        if not table or table in found:
            other = f"is of {table}, like {found[table]}" if table else "names no table"
            raise typer.BadParameter(f"the profile {name} {other}")
        found[table] = name
    return found


def _by_command(arrival: Arrival, run: RunCommand, profile: str | None) -> Outcome:
    """The outcome of a file. The command printed a report unless something other than the file was wrong."""
    options = ["--profile", profile] if profile else []
    done = run(["ingest", "load", arrival.table, str(arrival.path), "--json", *options])
    if not done.out.strip():
        said = done.err.strip().splitlines()
        return Outcome(arrival, "waiting", said[-1] if said else f"the command ended with {done.code}.")
    return outcome_of(arrival, orjson.loads(done.out))


class _Watcher:
    """Looks, and prints outcomes of files on stdout and failures on stderr."""

    def __init__(self, session: CommandSession, folder: DropFolder, watch: Watch, as_json: bool) -> None:
        self._session = session
        self._folder = folder
        self._watch = watch
        self._as_json = as_json
        self._said: frozenset[str] = frozenset()
        self.has_failed = False

    def look(self) -> None:
        """Look once. An unreadable folder is reported once, and tried again."""
        try:
            self._watch.look(self._tell)
            strange = self._folder.strange()
        except OSError as error:
            self.has_failed = True
            self._say_once({f"{self._folder.path} can't be read: {error.strerror}. It is looked for again."})
            return
        self._say_once({f"{printable(str(path))} stays: {_why(path)}." for path in strange})

    def _tell(self, found: Outcome) -> None:
        self.has_failed |= found.outcome != "loaded"
        if found.outcome == "waiting":
            self._session.say(found.sentence())
        else:
            self._session.out(orjson.dumps(found.to_json()).decode() if self._as_json else found.sentence())

    def _say_once(self, sentences: set[str]) -> None:
        for sentence in sorted(sentences - self._said):
            self._session.say(sentence)
        self._said = frozenset(sentences)


def _why(path: Path) -> str:
    """What something in the folder is, which is not loaded."""
    if path.is_symlink():
        return "it is a symbolic link"
    if path.is_dir():
        return "it is a folder, such as Spark writes; move the files in it, or load it with marquee ingest load"
    if path.name.startswith("_"):
        return "it marks that Spark is done, and has no rows"
    return "its name matches no table"
