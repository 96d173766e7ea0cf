"""A request with its retries, as steps that a waiting and an awaiting client both carry out.

Nothing here reads, sends or sleeps: a flow yields what is to be done, and is sent what came of it.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from marquee_client.errors import UNREACHABLE, MarqueeError
from marquee_client.operation import Operation
from marquee_client.responses import read_data
from marquee_client.retries import Retries

UNAUTHENTICATED = "UNAUTHENTICATED"
UNKNOWN_HASH = "PERSISTED_QUERY_NOT_SUPPORTED"
T = TypeVar("T")


@dataclass(frozen=True)
class NeedToken:
    """Send the token back; `is_refused` if the one before was refused, and a new one is needed."""

    is_refused: bool


@dataclass(frozen=True)
class Send:
    """Send the response back, or throw the error into the flow. `path` is below the server's address."""

    method: str
    path: str
    parameters: dict[str, str] | None
    json: Any
    token: str | None


@dataclass(frozen=True)
class Pause:
    """Wait for so many seconds."""

    seconds: float


Step = NeedToken | Send | Pause
Flow = Generator[Step, Any, T]


@dataclass(frozen=True)
class Asked:
    """What a request asks: a path with parameters, or a JSON body. What is not `repeatable` is sent once."""

    path: str
    parameters: dict[str, str] | None = None
    json: Any = None
    repeatable: bool = True

    def send(self, token: str | None) -> Send:
        """The step that sends it."""
        return Send("GET" if self.json is None else "POST", self.path, self.parameters, self.json, token)


def exchange(asked: Asked, read: Callable[[httpx.Response], T], retries: Retries, renews: bool) -> Flow[T]:
    """Ask until it is answered. With `renews` a refused token is asked for again, once.

    Raises: MarqueeError.
    """
    token = yield NeedToken(is_refused=False)
    tries = 0
    while True:
        try:
            return read((yield asked.send(token)))
        except httpx.TransportError as error:
            failure = MarqueeError(UNREACHABLE, f"The server can't be reached: {error or type(error).__name__}")
            failure.__cause__ = error
        except MarqueeError as error:
            failure = error
        if failure.code == UNAUTHENTICATED and renews:
            renews, token = False, (yield NeedToken(is_refused=True))
            continue
        tries += 1
        pause_s = retries.pause_s(tries, failure) if asked.repeatable else None
        if pause_s is None:
            raise failure
        yield Pause(pause_s)


def run(operation: Operation[Any], variables: dict[str, Any], retries: Retries, renews: bool) -> Flow[dict[str, Any]]:
    """The data of a published operation: by its hash, or by its document where the server has another one.

    Raises: MarqueeError.
    """
    bodies = (operation.body(variables), operation.whole_body(variables))
    by_hash, whole = (Asked("graphql", json=body, repeatable=operation.is_query) for body in bodies)
    try:
        return (yield from exchange(by_hash, read_data, retries, renews))
    except MarqueeError as error:
        if error.code != UNKNOWN_HASH:
            raise
    return (yield from exchange(whole, read_data, retries, renews))


@dataclass
class Reconnecting:
    """How a subscription goes on after its stream ends: for ever while events come, else as often as `retries`."""

    retries: Retries
    renews: bool
    failures: int = 0
    is_refused: bool = False
    by_hash: bool = True

    def body(self, operation: Operation[Any], variables: dict[str, Any]) -> dict[str, Any]:
        """What the next connection asks."""
        return operation.body(variables) if self.by_hash else operation.whole_body(variables)

    def heard(self) -> None:
        """An event came."""
        self.failures, self.is_refused = 0, False

    def pause_s(self, error: MarqueeError) -> float:
        """How long to wait before the next connection.

        Raises: MarqueeError if there is none.
        """
        if error.code == UNKNOWN_HASH and self.by_hash:
            self.by_hash = False
            return 0.0
        self.failures += 1
        if error.code == UNAUTHENTICATED and self.renews and not self.is_refused:
            self.is_refused = True
            return 0.0
        pause_s = self.retries.pause_s(self.failures, error)
        if pause_s is None:
            raise error
        return pause_s


def ended(error: Exception | None = None) -> MarqueeError:
    """What a stream that ended without `complete` says: come back."""
    return MarqueeError(UNREACHABLE, f"The stream ended: {error or 'without complete'}.")
