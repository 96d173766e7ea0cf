"""Open connections: how many there may be, in all and of one address, and how long each may keep us waiting.

Connecting needs no token, so a connection that sends nothing, or reads nothing, must not cost others theirs.
Time counts only while the client could go on: not while we answer, and not while we don't take what it sends.
"""

import asyncio
import resource
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Protocol

# From the first byte, or the answer before it, to the end of a request's head.
HEAD_S = 10.0
# A body has this long, and what its bytes take at the least rate.
BODY_S, LEAST_RATE = 20.0, 16 * 1024
# An answer that lies ready has this long until it is read, and what its bytes take at the least rate.
UNREAD_S = 30.0
# A refused client has this long to read why, and may still send so much meanwhile.
REFUSED_S, REFUSED_BYTES = 2.0, 4 << 20
SWEEP_S = 1.0
# Loads and the engine's tables need the rest of the process's descriptors.
_SHARE_OF_DESCRIPTORS = 2


class Phase(Enum):
    """What a connection is waiting for."""

    HEAD = auto()
    BODY = auto()
    ANSWER = auto()
    REFUSED = auto()


class Wire(Protocol):
    """What is used of a transport."""

    def abort(self) -> None:
        """Close at once, without what was not read."""

    def get_write_buffer_size(self) -> int:
        """Bytes that the client has not read."""


@dataclass(eq=False)
class Connection:
    """One connection. `late` is called when it is overdue while we wait for its bytes; by default it is cut."""

    address: str
    wire: Wire
    late: Callable[["Connection"], None] = field(default=lambda connection: connection.wire.abort(), repr=False)
    is_paused: Callable[[], bool] = field(default=lambda: False, repr=False)
    phase: Phase = Phase.HEAD
    waited_s: float = 0.0
    body_bytes: int = 0
    unread_bytes: int = 0
    read_bytes: int = 0
    unread_s: float = 0.0
    network: str = ""

    def __post_init__(self) -> None:
        self.network = network_of(self.address)

    def enter(self, phase: Phase) -> None:
        """Begin to wait for something else."""
        self.phase, self.waited_s, self.body_bytes = phase, 0.0, 0

    def wait(self, elapsed_s: float) -> None:
        """Count time that went by, and end the connection if it has none left."""
        if self._reads_too_slowly(elapsed_s):
            self.wire.abort()
            return
        if self.phase is not Phase.ANSWER and not self.is_paused():
            self.waited_s += elapsed_s
            if self.waited_s > self._patience_s():
                self.late(self)

    def _patience_s(self) -> float:
        match self.phase:
            case Phase.BODY:
                return BODY_S + self.body_bytes / LEAST_RATE
            case Phase.REFUSED:
                return REFUSED_S
            case _:
                return HEAD_S

    def _reads_too_slowly(self, elapsed_s: float) -> bool:
        before, self.unread_bytes = self.unread_bytes, self.wire.get_write_buffer_size()
        if not self.unread_bytes:
            self.unread_s, self.read_bytes = 0.0, 0
            return False
        self.unread_s += elapsed_s
        self.read_bytes += max(0, before - self.unread_bytes)
        return self.unread_s > UNREAD_S + self.read_bytes / LEAST_RATE


class Connections:
    """The connections of this process; use from its event loop only. Addresses of proxies are not limited, because all
    clients come from them."""

    def __init__(self, most: int, most_of_one: int, proxies: Sequence[str] = ()) -> None:
        self._most = most
        self._most_of_one = min(most, most_of_one)
        self._proxies = [ip_network(proxy) for proxy in proxies]
        # In the order in which they came.
        self._open: dict[Connection, None] = {}
        self._counts: Counter[str] = Counter()
        self._sweeping: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, connection: Connection) -> bool:
        """Count a new connection. Where there are too many, the oldest one that we wait for ends: of its own address,
        or of the address that has most. False if there is none such.
        """
        network = connection.network
        if self._counts[network] >= self._most_of_one and not self._is_proxy(connection.address):
            has_room = self._end_oldest(network)
        elif len(self._open) >= self._most:
            has_room = self._end_oldest(self._counts.most_common(1)[0][0])
        else:
            has_room = True
        if has_room:
            self._open[connection] = None
            self._counts[network] += 1
            self._sweep_later()
        return has_room

    def leave(self, connection: Connection) -> None:
        """Forget a connection that has ended; again has no effect."""
        if connection not in self._open:
            return
        del self._open[connection]
        self._counts[connection.network] -= 1
        if not self._counts[connection.network]:
            del self._counts[connection.network]

    def sweep(self, elapsed_s: float) -> None:
        """Let time go by for all connections."""
        for connection in list(self._open):
            connection.wait(elapsed_s)

    def _end_oldest(self, network: str) -> bool:
        for connection in self._open:
            if connection.phase is not Phase.ANSWER and connection.network == network:
                self.leave(connection)
                connection.wire.abort()
                return True
        return False

    def _sweep_later(self) -> None:
        if self._sweeping is None:
            loop = asyncio.get_running_loop()
            self._sweeping = loop.call_later(SWEEP_S, self._sweep_from, loop.time())

    def _sweep_from(self, began: float) -> None:
        self._sweeping = None
        # Not more than planned: while the loop stood still, clients could not go on.
        self.sweep(min(asyncio.get_running_loop().time() - began, 2 * SWEEP_S))
        if self._open:
            self._sweep_later()

    def _is_proxy(self, address: str) -> bool:
        found = _parsed(address)
        return found is not None and any(found in proxies for proxies in self._proxies)


def network_of(address: str) -> str:
    """Who counts as one: an IPv4 address, or the 64 bits of an IPv6 address that a provider gives to one customer."""
    found = _parsed(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return str(found) if found is not None else address[:64]


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found


def most_connections(wanted: int) -> int:
    """How many connections this process may hold: what is wanted, within its share of the process's descriptors, of
    which it takes as many as it may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY:
        return max(1, min(wanted, soft // _SHARE_OF_DESCRIPTORS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return max(1, min(wanted, hard // _SHARE_OF_DESCRIPTORS))
