"""Connecting to the engine, and saying why that fails: in a sentence each, with what to do."""

import socket
import ssl
from collections.abc import Iterator, Sequence
from http.client import IncompleteRead, RemoteDisconnected
from pathlib import Path
from shutil import disk_usage
from urllib.parse import quote

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, ProgrammingError
from clickhouse_connect.driver.httpclient import HttpClient
from urllib3 import Timeout
from urllib3.exceptions import ConnectTimeoutError, ReadTimeoutError

from warehouse.engine.address import Address, Embedded
from warehouse.errors import Unavailable, disk_is_full

# The embedded engine does not start with less free space. With none, it reports no error for a file that it could only
# create: an ALTER leaves an empty declaration, a replaced part comes back when the folder is opened next.
LEAST_BYTES = 2**20
# Settings of the embedded engine. It takes the options of `clickhouse local` after its folder, as an address has them.
EMBEDDED = Path(__file__).with_name("embedded.xml")
CONNECT_S = 5.0
# How long a server may take to say who it is.
GREETING_S = 10.0
# How long an answer may take beyond its statement's own limit.
GRACE_S = 5.0
# What a profile of the account could change, and with it answers, or what an answer promises. All are the engine's
# defaults.
PINNED = {
    # A row would be acknowledged before it is stored, and stored after its load is shown.
    "async_insert": 0,
    # Rows that are deleted, or older answers, would be read; or parts of answers would be left out in silence.
    "apply_deleted_mask": 1,
    "use_query_cache": 0,
    "limit": 0,
    "offset": 0,
    **{
        f"{kind}_overflow_mode": "throw"
        for kind in ("read", "result", "group_by", "sort", "set", "join", "distinct", "transfer", "timeout")
    },
    # Values would be other ones.
    "final": 0,
    "session_timezone": "",
    "join_use_nulls": 0,
    "group_by_use_nulls": 0,
    "transform_null_in": 0,
    "cast_keep_nullable": 0,
    "data_type_default_nullable": 0,
    "aggregate_functions_null_for_empty": 0,
    "prefer_column_name_to_alias": 0,
    "date_time_overflow_behavior": "ignore",
    "short_circuit_function_evaluation": "enable",
}


def connect(address: Address, database: str | None) -> Client:
    """A client of the engine.

    Raises: ClickHouseError with the engine's code; Unavailable if nothing answers, or something other than an engine
    does.
    """
    if isinstance(address, Embedded):
        try:
            return clickhouse_connect.get_client(
                interface="chdb", path=f"{address.folder}?config-file={quote(str(EMBEDDED))}", database=database
            )
        except ClickHouseError as error:
            # The engine does not say why it can't start.
            if disk_usage(address.folder).free < LEAST_BYTES:
                raise disk_is_full() from error
            raise
    try:
        return clickhouse_connect.get_client(
            interface="https" if address.tls else "http",
            host=address.host,
            port=address.port,
            username=address.user,
            password=address.password,
            database=database or "default",
            connect_timeout=int(CONNECT_S),
            send_receive_timeout=int(GREETING_S),
            settings=dict(PINNED),
        )
    except ProgrammingError as error:
        raise Unavailable(
            f"The account of MARQUEE_WAREHOUSE may not set what Marquee needs: {error}. Its settings profile must "
            "leave that changeable, or have the engine's default."
        ) from error
    except ClickHouseError as error:
        if isinstance(getattr(error, "code", None), int):
            raise
        raise Unavailable(why_unreached(error)) from error
    except Exception as error:
        # The driver expects a server's answers, and anything may come from what is none.
        raise Unavailable(_FOREIGN) from error


def wait_at_most(client: Client, seconds: float) -> None:
    """Let a client's next statements wait for an answer no longer than their own limit allows."""
    if isinstance(client, HttpClient):
        client.timeout = Timeout(connect=CONNECT_S, read=seconds + GRACE_S)


def why_unreached(error: BaseException) -> str:
    """Why nothing came back from a server, and what to do. Anybody may read it, so it does not name the server."""
    causes = list(_causes(error))
    for kinds, sentence in _WHY:
        if any(isinstance(one, kinds) for one in causes):
            return sentence
    return _FOREIGN


_FOREIGN = (
    "What answers at the address in MARQUEE_WAREHOUSE is not a ClickHouse server. Name the port of its HTTP interface, "
    "which is 8123 by default."
)
_WHY: Sequence[tuple[tuple[type[BaseException], ...], str]] = (
    ((socket.gaierror,), "The name of the host in MARQUEE_WAREHOUSE has no address. Check the name."),
    ((ConnectionRefusedError,), "Nothing listens at the address in MARQUEE_WAREHOUSE. Check that the server runs."),
    (
        (ssl.SSLError,),
        "TLS with the server in MARQUEE_WAREHOUSE failed. Check its certificate, and that its port is one for TLS; "
        "clickhouse:// is without.",
    ),
    (
        (ConnectTimeoutError,),
        "The host in MARQUEE_WAREHOUSE can't be reached. Check its name and the network.",
    ),
    ((ReadTimeoutError,), "The server in MARQUEE_WAREHOUSE does not answer. Check that it runs and is not overloaded."),
    (
        (ConnectionResetError, BrokenPipeError, IncompleteRead, RemoteDisconnected),
        "The server in MARQUEE_WAREHOUSE closed the connection. Check that it runs, and try again.",
    ),
)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
