"""A command's session: what one command runs with, in this process or for a caller in another process.

Each method imports what it returns, after opening the warehouse if it needs it. So a command pays only for what it
uses, and a forwarded command imports nothing.
"""

import os
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

from rich.console import Console

from ingest.files.stream_paths import is_stream
from server.commands.nested_commands import apart
from server.commands.relay import OutputClosed
from server.commands.screen import Screen, own_screen
from server.commands.typer_internals import UsageError
from server.identity.secret import read_secret
from server.identity.secret_ring import SecretRing
from warehouse import open_warehouse
from warehouse.audit.record import Record
from warehouse.command_session import RunCommand
from warehouse.engine.address import Address, Embedded, parse
from warehouse.engine.folder import FolderLock, holder_of
from warehouse.errors import BadInput
from warehouse.query.instants import day_or_month_of

if TYPE_CHECKING:
    from server.answering.published_operations import Operation
    from server.answering.service import Service
    from server.identity.oidc import OidcProvider
    from server.identity.tokens import Tokens
    from server.settings import Settings
    from server.spark_jobs.job_runner import JobOutcome, JobRunner, Stage
    from warehouse import Warehouse
    from warehouse.loads.history_retention import HistoryAges
    from warehouse.tables.partition_retention import Retention


_NOT_OPENED = (
    "MARQUEE_CLUSTER is set. This version prints a cluster's tables (marquee warehouse cluster-tables), and neither "
    "loads into them nor answers from them yet. Unset MARQUEE_CLUSTER to open the warehouse in MARQUEE_WAREHOUSE."
)
# The line width for a forwarded command without a terminal.
_WIDTH = 200


def _print(text: str) -> None:
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise OutputClosed from error


def _month(option: str, text: str | None) -> date | None:
    try:
        return None if text is None else day_or_month_of(text)
    except BadInput as error:
        raise UsageError(f"{option}: {error}") from error


def _send(content: bytes) -> None:
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError as error:
        raise OutputClosed from error


@dataclass
class LocalSession:
    """Settings, the caller's folder and terminal, and the warehouse, opened on first use.

    Paths of settings are relative to `home`, what a command names is relative to `folder`. If `lent` is set, the
    session runs for a caller in another process: it uses that warehouse without opening or closing one, and reads the
    caller's standard input from the file `spooled`, and other streams from those `given`. `run` is set where a command
    may run other commands.
    """

    settings: "Settings"
    folder: Path = field(default_factory=Path.cwd)
    out: Callable[[str], None] = _print
    console: Console = field(default_factory=lambda: Console(stderr=True))
    home: Path = field(default_factory=Path.cwd)
    send: Callable[[bytes], None] = _send
    screen: Screen = field(default_factory=own_screen)
    lent: "Warehouse | None" = None
    spooled: Path | None = None
    given: Mapping[str, Path] = field(default_factory=dict)
    run: Callable[[list[str], "LocalSession"], int] | None = None
    _used: "Warehouse | None" = None
    _lock: FolderLock | None = None

    @property
    def address(self) -> Address:
        """Where the warehouse is."""
        return parse(self.settings.warehouse, self.home)

    @property
    def cluster(self) -> str:
        """The ClickHouse cluster that the settings name; '' for none."""
        return self.settings.cluster

    @property
    def retention(self) -> "Retention":
        """How long rows are kept."""
        from warehouse.tables.partition_retention import Retention

        return Retention(self.settings.keep_sessions_months, self.settings.keep_ratings_years)

    @property
    def history_ages(self) -> "HistoryAges":
        """How long history and the quarantine are kept."""
        from warehouse.loads.history_retention import HistoryAges

        return HistoryAges(self.settings.keep_history_days, self.settings.keep_rejected_days)

    @property
    def has_warehouse(self) -> bool:
        """Whether this machine's settings name a warehouse, or there is one in its place."""
        where = self.address
        is_named = "warehouse" in self.settings.model_fields_set
        return is_named or not isinstance(where, Embedded) or where.folder.exists()

    def claim(self) -> None:
        """Lock the warehouse's folder, if it exists, without opening it. A command with slow imports calls this first,
        because it may have to be forwarded.

        Raises: WarehouseHeld when another process has the folder.
        """
        self._refuse_cluster()
        where = self.address
        is_taken = self.lent or self._used or self._lock
        if not is_taken and isinstance(where, Embedded) and where.folder.is_dir():
            self._lock = FolderLock(where.folder)

    def warehouse(self) -> "Warehouse":
        """The warehouse.

        Raises: WarehouseHeld when another process has the folder.
        """
        if self._used is None:
            self._used = self.lent or self._open()
        return self._used

    def _refuse_cluster(self) -> None:
        if self.cluster:
            raise BadInput(_NOT_OPENED)

    def _open(self) -> "Warehouse":
        self._refuse_cluster()
        lock, self._lock = self._lock, None
        opened = open_warehouse(self.settings.warehouse, self.settings.limits, self.home, self.hash_key, lock, self.say)
        from warehouse.audit.log import keep_for

        keep_for(opened.engine, self.settings.audit_days)
        return opened

    def commands(self) -> AbstractContextManager[RunCommand]:
        """A function that runs other commands, here or in the process that holds the warehouse; closes what they
        opened.
        """
        assert self.run is not None, "a session made for the command line needs `run`"
        run, session = self.run, LocalSession(self.settings, self.folder, home=self.home, screen=Screen())

        def printed(argv: list[str], out: TextIO, err: TextIO) -> int:
            session.out = lambda text: print(text, file=out)
            session.console = Console(file=err, width=_WIDTH)
            return run(argv, session)

        return apart(printed, session.close)

    @property
    def token(self) -> str:
        """The token for commands that call a server; '' if the setting is empty."""
        return self.settings.token

    def take(self, record: Record) -> None:
        """Write a command's record to the audit log, if the command used the warehouse."""
        if self._used is not None:
            self._used.audit.take(record)

    def say(self, sentence: str) -> None:
        """Print a line to the caller's stderr."""
        self.console.print(sentence, highlight=False, markup=False, soft_wrap=True)

    def resolve(self, path: str) -> Path:
        """A path as the caller wrote it, resolved against the caller's folder."""
        return self.folder / path

    def stdin(self) -> BinaryIO:
        """The caller's standard input; it can be read once.

        Raises: WarehouseHeld before reading anything, because the process that runs the command reads it.
        """
        self.warehouse()
        return sys.stdin.buffer if self.spooled is None else self.spooled.open("rb")

    def stream_of(self, path: str) -> BinaryIO | None:
        """What a path names that only the caller can open; None for other paths."""
        if path in self.given:
            return self.given[path].open("rb")
        if self.lent is None and is_stream(str(self.resolve(path))):
            self.warehouse()
            return self.resolve(path).open("rb")
        return None

    @property
    def secret_file(self) -> Path:
        """The file of the secret that signs tokens."""
        return self._key_file("secret_file")

    @property
    def hash_key_file(self) -> Path:
        """The file of the key of hashes."""
        return self._key_file("hash_key_file")

    def _key_file(self, name: str) -> Path:
        """The file that a setting names. Without the setting it is the one beside the warehouse's folder, where there
        is one: commands then have the keys of the server, whatever folder they are run in.
        """
        path: Path = getattr(self.settings, name)
        where = self.address
        if name not in self.settings.model_fields_set and isinstance(where, Embedded):
            beside = where.folder.with_name(path.name)
            if beside.is_file():
                return beside
        return self.home / path

    def secrets(self) -> SecretRing:
        """The secrets that sign tokens."""
        return SecretRing(self.secret_file)

    def tokens(self) -> "Tokens":
        """Issues and reads tokens; does not open the warehouse."""
        self._tell_other_secret()
        from server.identity.tokens import Tokens
        from server.identity.trusted_issuer import issuer_of

        return Tokens(self.secrets(), issuer_of(self.settings))

    def _tell_other_secret(self) -> None:
        """Say that the server on this warehouse checks tokens by another secret than this command's."""
        where = self.address
        holder = holder_of(where.folder) if self.lent is None and isinstance(where, Embedded) else {}
        theirs, ours = holder.get("secret_file"), self.secret_file.absolute()
        if theirs and holder.get("pid") != os.getpid() and Path(theirs).resolve() != ours.resolve():
            self.say(
                f"Note: this command uses the secret {ours}, and the server that runs (process {holder['pid']}) uses "
                f"{theirs}: neither accepts the tokens of the other. Set MARQUEE_SECRET_FILE={theirs}"
            )

    def hash_key(self) -> bytes:
        """The key for hash masks and tombstones. It is separate because it outlives the key that signs tokens."""
        return read_secret(self.hash_key_file)

    def operations(self, wanted: Collection[str]) -> "Mapping[str, Operation]":
        """The published operations. Those that admins published are among them only where that is needed to find what
        is `wanted`, and there is a warehouse: opening it takes a moment.
        """
        from server.answering.published_operations import published

        built_in = published()
        if all(name in built_in for name in wanted) or (self.lent is None and not self.has_warehouse):
            return built_in
        opened = self.warehouse()
        from server.answering.operation_catalogue import OperationCatalogue

        return OperationCatalogue(built_in, opened.published_operations, is_shared=False)

    def service(self, oidc: "OidcProvider | None" = None) -> "Service":
        """The service that answers requests; people sign in at a provider, if one is given."""
        opened = self.warehouse()
        from resolvers.root import build_schema
        from server.answering.published_operations import published
        from server.answering.response_cache import ResponseCache
        from server.answering.service import Service
        from server.observing.observer import Observer

        operations, hash_key = published(), self.hash_key()
        return Service(
            self.settings,
            opened,
            build_schema(),
            operations,
            self.tokens(),
            hash_key,
            ResponseCache(self.settings.cache_bytes),
            observer=Observer(frozenset(operations), hash_key, self.settings.slow_seconds),
            oidc=oidc,
        )

    def job_runner(self, report: "Callable[[Stage], None] | None" = None) -> "JobRunner":
        """What runs Spark jobs; `report` is called with each stage."""
        opened = self.warehouse()
        from server.spark_jobs.job_runner import job_runner_of

        runner = job_runner_of(self.settings, opened)
        return replace(runner, report=report) if report else runner

    def run_job(
        self,
        name: str,
        months: tuple[str | None, str | None] = (None, None),
        options: Sequence[str] = (),
        files: str = "",
    ) -> "JobOutcome":
        """Run a Spark job over months given as text, or over a folder in which files arrive; prints its stages to the
        caller's stderr.

        Raises: UsageError for an invalid month.
        """
        span = (_month("--from", months[0]), _month("--to", months[1]))
        self.warehouse()
        from server.spark_jobs.progress_bar import spark_bar

        with spark_bar(self.console) as report:
            return self.job_runner(report).run(name, span, options, files)

    def without_snapshots(self) -> AbstractContextManager[int]:
        """Remove the files written for Spark and block new ones during the block; yields the number of files
        removed."""
        return self.job_runner().without_snapshots()

    def confirm(self, question: str) -> bool:
        """Ask for confirmation on the caller's terminal. A forwarded command was confirmed before it was sent.

        Raises: UsageError without a terminal.
        """
        if self.lent is not None:
            return True
        if not sys.stdin.isatty():
            raise UsageError("There is no terminal to ask on. Add --yes.")
        # Not `typer.confirm`: it writes to stdout, which is for output.
        self.console.print(f"{question} [y/N]", end=" ", highlight=False, markup=False, soft_wrap=True)
        return sys.stdin.readline().strip().lower() in {"y", "yes"}

    def close(self) -> None:
        """Close what this session opened."""
        if self._used is not None and self.lent is None:
            self._used.close()
        if self._lock is not None:
            self._lock.release()
        self._used = self._lock = None
