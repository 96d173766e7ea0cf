"""A standalone master's address, `spark://HOST:PORT[,HOST:PORT]`: whether a master answers there, and from which
address of ours. Spark itself would try for minutes, and say so only in its log.
"""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from spark.parquet import Refused

STANDALONE = "spark://"
PORT = 7077
TRY_S = 10.0
# A frame of no length. A master hangs up at once, which is an answer; other servers wait for more.
_HELLO = bytes(8)


def own_address_towards(master: str) -> str:
    """The address of this machine that reaches the first master that answers.

    Raises: Refused if none does, after twenty seconds each at most.
    """
    reasons = []
    for host, port in _addresses(master):
        try:
            with socket.create_connection((host, port), timeout=TRY_S) as connection:
                address = str(connection.getsockname()[0])
                connection.sendall(_HELLO)
                connection.recv(1)
                return address
        except ConnectionResetError:
            return address
        except TimeoutError:
            reasons.append(f"{host}:{port} does not answer")
        except OSError as error:
            reasons.append(f"{host}:{port} {error.strerror or error}")
    raise Refused(
        f"The Spark master {master} can't be reached: {'; '.join(reasons)}. Check MARQUEE_SPARK_MASTER, and that the"
        " master runs."
    )


def _addresses(master: str) -> Iterator[tuple[str, int]]:
    for place in master.removeprefix(STANDALONE).split(","):
        try:
            parts = urlsplit(f"//{place}")
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
        if not host:
            raise Refused(f"The Spark master {master} is not an address: it is spark://HOST:PORT.")
        yield host, port or PORT
