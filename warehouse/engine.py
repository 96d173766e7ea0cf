"""The one file that knows the ClickHouse driver: a bounded pool of clients, every statement with its limits."""

import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from shutil import disk_usage
from typing import Any

import clickhouse_connect
import orjson
import pyarrow as pa
from clickhouse_connect import common
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, OperationalError

from warehouse import allowance
from warehouse.address import Address, Embedded, Server
from warehouse.arrow import look_for_no_pandas
from warehouse.errors import MarqueeError, Overloaded, Unavailable, disk_is_full, from_engine
from warehouse.limits import Limits

# Clients outlive requests and hand over between threads: a session id of their own would forbid that on a server.
common.set_setting("autogenerate_session_id", False)
look_for_no_pandas()

DATABASE = "marquee"
# Without this much room the embedded engine does not start.
_LEAST_BYTES = 2**20
# The embedded engine gives statements ids of its own: the comment is what we can name them by.
_MARKED = "Settings['log_comment'] = {mark:String}"
_NO_ANSWER = "The warehouse does not answer. Check MARQUEE_WAREHOUSE and that the server runs."


@dataclass(frozen=True)
class Rows:
    """A result: column names, and rows in the statement's order."""

    names: tuple[str, ...]
    rows: Sequence[Sequence[Any]]

    def dicts(self) -> list[dict[str, Any]]:
        """Each row as name → value."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]

    def scalar(self) -> Any:
        """The first value of the first row."""
        return self.rows[0][0]


class Engine:
    """ClickHouse, embedded or served: the same statements in both.

    Raises from every method: a MarqueeError, classified by ClickHouse's numeric code.
    """

    def __init__(self, address: Address, limits: Limits) -> None:
        self.address = address
        self.limits = limits
        self.database = address.database if isinstance(address, Server) else DATABASE
        self._clients: queue.LifoQueue[Client] = queue.LifoQueue()
        self._made: list[Client] = []
        self._making = threading.Lock()
        # Beside the pool, which may be full of what is to be ended; one call at a time.
        self._ender: Client | None = None
        self._ending = threading.Lock()
        with _translated():
            # In no database yet: it may be a new one.
            first = self._connected(database=None)
            self._made.append(first)
            try:
                first.command(f"CREATE DATABASE IF NOT EXISTS `{self.database}`")
            except Exception:
                self.close()
                raise
            first.database = self.database
        self._clients.put(first)

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """Run a SELECT under the statement limits."""
        with self._client() as client, _translated():
            result = client.query(sql, parameters=dict(parameters or {}), settings=self._reading())
            return Rows(tuple(result.column_names), result.result_rows)

    def cost(self, sql: str, parameters: Mapping[str, Any] | None = None) -> tuple[int, int]:
        """Run a SELECT for what it reads: (rows, bytes) of the tables, as the engine counts them."""
        with self._client() as client, _translated():
            found = client.raw_query(
                sql, parameters=dict(parameters or {}), settings=self._reading(), fmt="JSONCompact"
            )
            statistics = orjson.loads(found)["statistics"]
            return statistics["rows_read"], statistics["bytes_read"]

    def command(self, sql: str, parameters: Mapping[str, Any] | None = None, **settings: Any) -> None:
        """Run a statement that returns nothing: DDL, INSERT ... SELECT, ALTER."""
        with self._client() as client, _translated():
            client.command(sql, parameters=dict(parameters or {}), settings={**self._sent(), **settings})

    def insert(self, table: str, rows: pa.Table) -> None:
        """Append Arrow rows to a table; columns go by name."""
        with self._client() as client, _translated():
            client.insert_arrow(table, rows, settings=self._sent())

    def stream(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Iterator[pa.RecordBatch]:
        """The result of a SELECT as Arrow batches, without holding it whole."""
        with self._client() as client, _translated():
            batches = client.query_arrow_stream(sql, parameters=dict(parameters or {}), settings=self._writing())
            with batches as found:
                for table in found:
                    yield from table.to_batches() if isinstance(table, pa.Table) else (table,)

    def table(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pa.Table:
        """The result of a SELECT as an Arrow table, which has its columns without any row too."""
        with self._client() as client, _translated():
            return client.query_arrow(sql, parameters=dict(parameters or {}), settings=self._reading())

    def end(self, mark: str) -> None:
        """End the reading statements that run under an allowance of this mark; those that have ended are no error."""
        with self._ending, _translated():
            if self._ender is None:
                self._ender = _connect(self.address, self.database)
            self._ender.command(f"KILL QUERY WHERE {_MARKED} ASYNC FORMAT Null", parameters={"mark": mark})

    def close(self) -> None:
        """Close all clients; the last one lets go of an embedded folder."""
        for client in (*self._made, *([self._ender] if self._ender else [])):
            client.close()
        self._made.clear()
        self._ender = None

    def _reading(self) -> dict[str, Any]:
        """The limits of a reading statement: the process's, or below them those of the allowance that holds."""
        seconds, memory_bytes = self.limits.statement_seconds, self.limits.memory_bytes
        allowed = allowance.current()
        if allowed is None:
            return {"max_execution_time": seconds, "max_memory_usage": memory_bytes}
        allowed.check()
        return {
            "max_execution_time": min(seconds, allowed.seconds),
            "max_memory_usage": min(memory_bytes, allowed.memory_bytes),
            "log_comment": allowed.mark,
        }

    def _sent(self) -> dict[str, Any]:
        """The limits that a writing statement is sent with. An embedded client has them as its own: sent with each
        statement they would be set and taken back by ten statements more, which cost more than a small load's own.
        """
        return {} if isinstance(self.address, Embedded) else self._writing()

    def _connected(self, database: str | None) -> Client:
        client = _connect(self.address, database)
        if isinstance(self.address, Embedded):
            for name, value in self._writing().items():
                client.command(f"SET {name} = {value}")
        return client

    def _writing(self) -> dict[str, Any]:
        return {
            "max_execution_time": self.limits.load_seconds,
            "max_memory_usage": self.limits.memory_bytes,
            # A file may reach over decades, a partition for each month; the engine would refuse more than 100.
            "max_partitions_per_insert_block": 0,
            "parallel_view_processing": 1,
            # A dropped table's files would stay for 8 minutes, and with them people who are to be forgotten.
            "database_atomic_wait_for_drop_and_detach_synchronously": 1,
        }

    @contextmanager
    def _client(self) -> Iterator[Client]:
        client = self._take()
        try:
            yield client
        finally:
            self._clients.put(client)

    def _take(self) -> Client:
        try:
            return self._clients.get_nowait()
        except queue.Empty:
            pass  # none is idle: make one if the pool may grow, else wait for one
        with self._making:
            if len(self._made) < self.limits.clients:
                with _translated():
                    client = self._connected(self.database)
                self._made.append(client)
                return client
        try:
            return self._clients.get(timeout=self.limits.wait_seconds)
        except queue.Empty as error:
            raise Overloaded("The warehouse is busy. Try again in a few seconds.") from error


def _connect(address: Address, database: str | None) -> Client:
    if isinstance(address, Embedded):
        try:
            return clickhouse_connect.get_client(interface="chdb", path=str(address.folder), database=database)
        except ClickHouseError as error:
            # The engine does not say why it can't start.
            if disk_usage(address.folder).free < _LEAST_BYTES:
                raise disk_is_full() from error
            raise
    return clickhouse_connect.get_client(
        interface="https" if address.tls else "http",
        host=address.host,
        port=address.port,
        username=address.user,
        password=address.password,
        database=database or "default",
    )


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except MarqueeError:
        raise
    except ClickHouseError as error:
        code = getattr(error, "code", None)
        if code is None and isinstance(error, OperationalError):
            raise Unavailable(_NO_ANSWER) from error
        raise from_engine(code if isinstance(code, int) else None, str(error)) from error
    except OSError as error:
        raise Unavailable(_NO_ANSWER) from error
