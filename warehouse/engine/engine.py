"""The file that sends statements by the ClickHouse driver: a bounded pool of clients, each statement with limits."""

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from shutil import disk_usage
from typing import Any

import orjson
import pyarrow as pa
from clickhouse_connect import common
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, DatabaseError, OperationalError
from clickhouse_connect.driver.query import QueryResult
from urllib3.exceptions import HTTPError

from warehouse.engine import allowance
from warehouse.engine.address import Address, Embedded, Server
from warehouse.engine.connecting import LEAST_BYTES, connect, wait_at_most, why_unreached
from warehouse.engine.engine_errors import ABOUT_THE_ACCOUNT, UNKNOWN_TABLE, from_engine
from warehouse.engine.fence import Fence
from warehouse.engine.folder_sync import FolderSync
from warehouse.engine.limits import Limits
from warehouse.engine.native_stream import read_native
from warehouse.engine.pool import Pool
from warehouse.engine.result_columns import differs, expected_columns
from warehouse.engine.statement_end import StatementEnd, observed
from warehouse.engine.statement_settings import StatementSettings, assignments, named, scope_settings, settings_sql
from warehouse.engine.without_pandas import look_for_no_pandas
from warehouse.errors import EngineFault, LeaseLost, MarqueeError, StatementTimeout, Unavailable, disk_is_full
from warehouse.query.parameters import literal_sql

LOG = logging.getLogger("marquee.warehouse")
# Clients outlive requests and move between threads, which a server forbids for clients with a session id.
common.set_setting("autogenerate_session_id", False)
look_for_no_pandas()

DATABASE = "marquee"
_WRITES = re.compile(r"\s*(INSERT|ALTER|CREATE|EXCHANGE|RENAME|DELETE|OPTIMIZE)\b", re.IGNORECASE)
# The embedded engine assigns statement ids itself, so we recognise statements by their comment.
_MARKED = "Settings['log_comment'] = {mark:String}"
# Statements that leave something in the client: settings, a database, temporary tables.
_LASTING = re.compile(r"\s*(SET|USE|(CREATE|ATTACH)\s+(OR\s+REPLACE\s+)?TEMPORARY)\b|\breadonly\b", re.IGNORECASE)
_TOO_SLOW = (
    "The warehouse took longer for a statement than it may. Check that its machine is not overloaded, then send again "
    "what was not acknowledged."
)
# A statement that ends with settings takes more of them.
_SETTINGS = re.compile(r"\bSETTINGS [^)]*$", re.IGNORECASE)
# The embedded engine sends these ahead of their result.
_SELECT = re.compile(r"\s*\(?\s*(SELECT|WITH)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Rows:
    """A result: column names, rows in the statement's order, and how long the statement waited for a client."""

    names: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    waited_ms: float = 0.0

    def dicts(self) -> list[dict[str, Any]]:
        """Each row as name → value."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]

    def scalar(self) -> Any:
        """The first value of the first row."""
        return self.rows[0][0]


class Engine:
    """ClickHouse, embedded or served: the same statements in both.

    A client is reused only after a clean end, and a result only if its columns are those that the statement asked for.
    Statements under an allowance use a pool of their own (`asker_pool`), so a load never waits for one of their
    clients. They take a client only once they may be sent, so a statement that waits for a load does not tie one up.
    Every method raises a MarqueeError, classified by ClickHouse's numeric code.

    `fence` has the names that a writer's statements hold. `is_uncertain` says that a statement ended without an answer:
    it may still be running on the server.
    """

    def __init__(self, address: Address, limits: Limits) -> None:
        self.address = address
        self.limits = limits
        # Called in the statement's thread when a statement has ended, however it did.
        self.on_statement: Callable[[StatementEnd], None] = lambda _: None
        self.settings = StatementSettings(limits, isinstance(address, Embedded))
        self.database = address.database if isinstance(address, Server) else DATABASE
        self.fence = Fence()
        self.is_uncertain = False
        self._folder_sync: FolderSync | None = None
        # An embedded engine ends with its last client; a server that does not answer is not asked for another.
        keeps_one = isinstance(address, Embedded)
        wait_s = limits.wait_seconds
        self.pool = Pool(lambda: self._connected(self.database), limits.clients, wait_s, keeps_one)
        # Answers are read by the account that only reads, if there is one.
        self._has_reader = isinstance(address, Server) and address.reader is not None
        reading = address.as_reader if isinstance(address, Server) else address
        self.asker_pool = Pool(lambda: self._connected(self.database, reading), limits.clients, wait_s, keeps_one)
        # Outside of the pools, which may be full of the statements to be ended; one call at a time.
        self._killer: Pool[Client] = Pool(lambda: connect(self.address, self.database), 1, wait_s, keeps_one)
        with self._translated():
            # Connected to no database yet: ours may not exist.
            first = self._connected(database=None)
            self.pool.add(first)
            try:
                self._make_database(first)
            except Exception:
                self.close()
                raise
            first.database = self.database
        if isinstance(address, Embedded) and limits.durable:
            self._folder_sync = FolderSync(address.folder)

    def _make_database(self, client: Client) -> None:
        """Make the database, if it is not there. An account may have rights on it, and none to make one."""
        known = "SELECT count() FROM system.databases WHERE name = {name:String}"
        if isinstance(self.address, Embedded) or not client.query(known, {"name": self.database}).result_rows[0][0]:
            client.command(f"CREATE DATABASE IF NOT EXISTS `{self.database}`")

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None, **more: Any) -> Rows:
        """Run a SELECT under the statement limits, and `more` settings. What is loaded after it was sent does not
        appear in its result."""
        settings, asked = {**self.settings.reading(), **more}, time.perf_counter()
        with ExitStack() as stack:
            with _sending():
                lasts = "readonly" in more
                client = stack.enter_context(self._client(sql, lasts, seconds=settings["max_execution_time"]))
                waited_ms = (time.perf_counter() - asked) * 1000
                sent = self._send(client, sql, dict(parameters or {}), settings)
            result = sent()
            names = tuple(result.column_names)
            _check(sql, names)
            with result.column_block_stream as blocks:
                columns: list[list[Any]] = [[] for _ in names]
                for block in blocks:
                    if len(block) != len(names):
                        raise _foreign(sql, names, [f"column {index}" for index in range(len(block))])
                    for column, more in zip(columns, block, strict=True):
                        column.extend(more)
            return Rows(names, list(zip(*columns, strict=True)), waited_ms)

    def cost(self, sql: str, parameters: Mapping[str, Any] | None = None) -> tuple[int, int]:
        """Run a SELECT to measure what it reads: (rows, bytes) of the tables, as the engine counts them."""
        settings = self.settings.reading()
        limited = self._walled(f"{sql}{settings_sql(settings)}")
        with _sending(), self._client(sql, seconds=settings["max_execution_time"]) as client:
            found = client.raw_query(limited, parameters=dict(parameters or {}), fmt="JSONCompact")
            try:
                told = orjson.loads(found)
            except orjson.JSONDecodeError as error:
                raise EngineFault(f"A result can't be decoded: {error}", None) from error
            _check(sql, [column["name"] for column in told["meta"]])
            return told["statistics"]["rows_read"], told["statistics"]["bytes_read"]

    def command(self, sql: str, parameters: Mapping[str, Any] | None = None, **settings: Any) -> None:
        """Run a statement that returns nothing: DDL, INSERT ... SELECT, ALTER.

        An embedded client with `settings` is replaced afterwards, because the driver has no clean way to reset them.
        For a frequent statement use a SETTINGS clause instead.

        Raises: Unavailable for a statement that writes into an embedded folder, when its disk is full.
        """
        if _WRITES.match(sql):
            self._check_room()
        with self._client(sql, lasts=bool(settings), writes=True) as client:
            client.command(sql, parameters=dict(parameters or {}), settings={**self.settings.sent, **settings})

    def insert(self, table: str, rows: pa.Table) -> None:
        """Append Arrow rows to a table; columns go by name.

        Raises: Unavailable when an embedded folder's disk is full.
        """
        self._check_room()
        with self._client(writes=True) as client:
            client.insert_arrow(table, rows, settings=self.settings.sent)

    def write(self, table: str, rows: pa.Table) -> None:
        """Append Arrow rows to a table that readers see; refused once another process has taken over writing.

        Raises: LeaseLost; Unavailable when an embedded folder's disk is full.
        """
        if not self.fence.lease:
            self.insert(table, rows)
            return
        names = ", ".join(f"`{name}`" for name in rows.schema.names)
        source = f"input({literal_sql(self._structure(table, rows.schema.names))})"
        with self._client(writes=True) as client:
            client.raw_insert(
                f"{table} ({names}) SELECT {names} FROM {source} WHERE {self.fence.holds}",
                insert_block=_arrow_file(rows),
                fmt="Arrow",
                settings=self.settings.sent,
            )

    def _structure(self, table: str, names: Sequence[str]) -> str:
        """The columns of a table as `name type`, in the order of `names`."""
        found = self.query(
            "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}",
            {"table": table},
        )
        types: dict[str, str] = {name: kind for name, kind in found.rows}  # noqa: C416 - rows are sequences
        return ", ".join(f"`{name}` {types[name]}" for name in names)

    def scratch_table(self, table: str) -> str:
        """The name of a scratch table of this process, such as a staging table."""
        return self.fence.scratch_table(table)

    def check_holds(self) -> None:
        """Raises: LeaseLost when another process has taken over writing."""
        if self.fence.lease:
            self.query(f"SELECT {self.fence.holds}")

    def stream(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Iterator[pa.RecordBatch]:
        """The result of a SELECT as Arrow batches, without holding it whole."""
        with self._client(sql) as client:
            batches = client.query_arrow_stream(
                self._walled(sql), parameters=dict(parameters or {}), settings=self.settings.sent
            )
            with batches as found:
                for table in found:
                    _check(sql, table.schema.names)
                    yield from table.to_batches() if isinstance(table, pa.Table) else (table,)

    def table(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        """The result of a SELECT as an Arrow table, which has its columns even without rows."""
        settings = self.settings.reading()
        limited = self._walled(f"{sql}{settings_sql(settings)}")
        with _sending(), self._client(sql, seconds=settings["max_execution_time"]) as client:
            found = client.query_arrow(limited, parameters=dict(parameters or {}))
            _check(sql, found.schema.names)
            return found

    def end(self, mark: str) -> None:
        """Kill the SELECTs that run under an allowance of this mark, if any."""
        with self._translated(), self._killer.lease() as lease:
            lease.client.command(f"KILL QUERY WHERE {_MARKED} ASYNC FORMAT Null", parameters={"mark": mark})

    def release_memory(self) -> None:
        """Return memory that an embedded engine does not use to the system. A server does so itself."""
        if isinstance(self.address, Embedded):
            self.command("SYSTEM JEMALLOC PURGE")

    def sync(self) -> None:
        """Wait until all that was written into an embedded folder is on the disk. A server syncs each part itself."""
        if self._folder_sync:
            self._folder_sync.wait()

    def close(self) -> None:
        """Close all clients; closing the last one releases an embedded folder."""
        if self._folder_sync:
            self._folder_sync.close()
            self._folder_sync = None
        self._killer.close()
        self.asker_pool.close()
        self.pool.close()

    def _check_room(self) -> None:
        if isinstance(self.address, Embedded) and disk_usage(self.address.folder).free < LEAST_BYTES:
            raise disk_is_full()

    def _send(
        self, client: Client, sql: str, parameters: dict[str, Any], settings: dict[str, Any]
    ) -> Callable[[], QueryResult]:
        """Send a SELECT; returns what waits for its result.

        The embedded engine fixes the parts of all tables, the sets of subqueries and the joins when it is sent, which
        takes milliseconds; from then on loads need not wait for it. A server's answer begins when it is computed.
        """
        if isinstance(self.address, Embedded) and _SELECT.match(sql):
            stream: Any = client.raw_stream(f"{sql}{settings_sql(settings)}", parameters, fmt="Native")
            return partial(read_native, stream)
        result = client.query(self._walled(sql), parameters=parameters, settings={**settings, **named(settings)})
        return lambda: result

    def _walled(self, sql: str) -> str:
        """A statement of the reading account, with the asker's scope for the server's row policies."""
        allowed = allowance.current()
        if not self._has_reader or allowed is None:
            return sql
        scoped = scope_settings(allowed.scope, allowed.past)
        return f"{sql}, {assignments(scoped)}" if _SETTINGS.search(sql) else f"{sql}{settings_sql(scoped)}"

    def _connected(self, database: str | None, address: Address | None = None) -> Client:
        client = connect(address or self.address, database)
        if isinstance(self.address, Embedded):
            client.command(f"SET {assignments(self.settings.writing)}")
        return client

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except MarqueeError:
            raise
        except ClickHouseError as error:
            code = getattr(error, "code", None)
            if code is None and isinstance(error, OperationalError | DatabaseError):
                raise self._unanswered(error) from error
            if code in ABOUT_THE_ACCOUNT:
                LOG.warning("The ClickHouse server refused a statement of the account: code %d", code)
            if code == UNKNOWN_TABLE and self.fence.is_named_in(str(error)):
                raise LeaseLost from error
            raise _classified(code if isinstance(code, int) else None, str(error)) from error
        except (OSError, HTTPError) as error:
            raise self._unanswered(error) from error
        except pa.ArrowException as error:
            raise EngineFault(f"A result can't be decoded: {error}", None) from error
        except GeneratorExit:
            raise
        except BaseException:
            # Interrupted, so the statement may still be running.
            self.is_uncertain = True
            raise

    def _unanswered(self, error: Exception) -> Unavailable:
        """A statement has no answer, and may still be running."""
        self.is_uncertain = True
        if isinstance(self.address, Embedded):
            return Unavailable("The embedded engine does not answer. Check the warehouse's folder and its disk.")
        return Unavailable(why_unreached(error))

    @contextmanager
    def _client(
        self, sql: str = "", lasts: bool = False, seconds: float | None = None, writes: bool = False
    ) -> Iterator[Client]:
        """A client for one statement, which may run for so long (by default as a load's may); it is replaced if the
        statement fails or leaves something behind."""
        allowed = allowance.current()
        pool = self.pool if allowed is None or (writes and self._has_reader) else self.asker_pool
        mark = allowed.mark if allowed else ""
        with observed(self.on_statement, sql, mark), self._translated(), pool.lease() as lease:
            wait_at_most(lease.client, self.limits.load_seconds if seconds is None else seconds)
            lease.spoiled = lasts or _LASTING.search(sql) is not None
            yield lease.client
            # A KILL may still be on its way to the statement that ran here.
            lease.spoiled |= allowed is not None and allowed.ended


def _classified(code: int | None, text: str) -> MarqueeError:
    """The engine's error as ours."""
    found = from_engine(code, text)
    if isinstance(found, StatementTimeout) and allowance.current() is None:
        # Of a load, or about the warehouse itself: nobody has asked for too much.
        return Unavailable(_TOO_SLOW)
    return found


def _check(sql: str, names: Sequence[str]) -> None:
    """Raises: EngineFault for columns that the statement did not ask for: the rows are another statement's."""
    if differs(expected_columns(sql), names):
        raise _foreign(sql, [name or "?" for name in expected_columns(sql) or ()], names)


def _foreign(sql: str, asked: Sequence[str], got: Sequence[str]) -> EngineFault:
    return EngineFault(
        f"The columns of a result are not those that were asked for. Asked: {list(asked)}; got: {list(got)}; by: {sql}",
        None,
    )


def _arrow_file(rows: pa.Table) -> Any:
    """Rows as an Arrow file. A buffer, because the driver sends bytes a second time when a connection breaks."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, rows.schema) as writer:
        writer.write(rows)
    return sink.getvalue()


def _sending() -> AbstractContextManager[None]:
    allowed = allowance.current()
    return nullcontext() if allowed is None else allowed.sending()
