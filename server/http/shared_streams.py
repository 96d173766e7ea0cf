"""The single connection mode of `graphql-sse`: one stream has the events of all operations of a client, because
browsers open few connections to a server over HTTP/1.1.

PUT reserves a stream and GET opens it; POST starts an operation on it and DELETE ends one. All show the stream's token
beside the bearer token that reserved it. Streams live in the process that reserved them.

Source: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#single-connection-mode
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from server.answering.errors import error_of
from server.answering.execution import Executed
from server.http.cancelled_tasks import ended
from server.http.connection_limits import MOST_A_SUBJECT
from server.http.events import event
from server.identity.principal import Principal
from warehouse.errors import BadInput, Overloaded

HEADER = "X-GraphQL-Event-Stream-Token"
# A stream that is not opened by then is given up.
RESERVED_S = 10.0
# So many operations of one stream run at once, and so many more wait in line.
MOST_OPERATIONS, MOST_WAITING = 20, 200


class NoStream(BadInput):
    """There is no such stream, or it is another caller's."""


class StreamTaken(BadInput):
    """The stream is open already, or an operation has this id."""


def _no_stream() -> NoStream:
    return NoStream("There is no such stream, or another token reserved it. Reserve one by PUT.")


class SharedStream:
    """One client's stream. Its operations compute the next event when the client has taken the last one."""

    def __init__(self, principal: Principal) -> None:
        self.principal = principal
        self.is_open = self._is_over = False
        self._events: asyncio.Queue[bytes] = asyncio.Queue(maxsize=1)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(MOST_OPERATIONS)

    def check_room(self, id: str) -> None:
        """Check that an operation may start, or wait in line.

        Raises: NoStream; StreamTaken; Overloaded.
        """
        if self._is_over:
            raise _no_stream()
        if id in self._running:
            raise StreamTaken(f"An operation with the id {id[:40]!r} is running on this stream.")
        if len(self._tasks) >= MOST_OPERATIONS + MOST_WAITING:
            raise Overloaded(f"{MOST_WAITING} operations already wait on this stream. End one of them first.")

    def start(self, id: str, bodies: AsyncGenerator[Executed, None], at_end: Callable[[], None] = lambda: None) -> None:
        """Start an operation, or let it wait in line; `at_end` is called when it has ended, however that is."""
        task = self._running[id] = asyncio.create_task(self._run(id, bodies))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: at_end())

    def stop(self, id: str) -> None:
        """End an operation, if it is running."""
        if task := self._running.pop(id, None):
            task.cancel()

    async def events(self) -> AsyncGenerator[bytes, None]:
        """What the operations send, until the generator is closed; then they are ended. There is nothing for a second
        reader.
        """
        if self.is_open:
            return
        self.is_open = True
        try:
            while True:
                yield await self._events.get()
        finally:
            self._is_over = True
            await ended(*self._tasks)

    def give_up(self) -> None:
        """End all operations, of a stream that nobody opened."""
        self._is_over = True
        for task in self._tasks:
            task.cancel()

    async def _run(self, id: str, bodies: AsyncGenerator[Executed, None]) -> None:
        async with self._room, aclosing(bodies):
            try:
                async for executed in bodies:
                    await self._tell("next", id, executed.body)
            except Exception as error:  # noqa: BLE001 - the outermost handler, as in `execute`
                await self._tell("next", id, {"errors": [error_of(error)]})
        # The id is free before the client is told.
        self._running.pop(id, None)
        await self._events.put(event("complete", {"id": id}))

    async def _tell(self, name: str, id: str, payload: Any) -> None:
        await self._events.put(event(name, {"id": id, "payload": payload}))


class SharedStreams:
    """This process's streams by their tokens; use from its event loop only."""

    def __init__(self) -> None:
        self._streams: dict[str, SharedStream] = {}

    def reserve(self, principal: Principal) -> str:
        """A token for a new stream of a principal, which has to be opened soon.

        Raises: Overloaded.
        """
        if sum(one.principal.who == principal.who for one in self._streams.values()) >= MOST_A_SUBJECT:
            raise Overloaded(f"Your subject already has {MOST_A_SUBJECT} streams. Close one of them.")
        token = secrets.token_urlsafe(24)
        self._streams[token] = SharedStream(principal)
        asyncio.get_running_loop().call_later(RESERVED_S, self._give_up, token)
        return token

    def of(self, token: str, principal: Principal) -> SharedStream:
        """The stream that a principal reserved with the same bearer token.

        Raises: NoStream.
        """
        stream = self._streams.get(token)
        if stream is None or stream.principal != principal:
            raise _no_stream()
        return stream

    async def events(self, token: str) -> AsyncGenerator[bytes, None]:
        """The events of a stream; it is forgotten when the generator is closed."""
        stream = self._streams[token]
        async with aclosing(stream.events()) as events:
            try:
                async for one in events:
                    yield one
            finally:
                self._streams.pop(token, None)

    def _give_up(self, token: str) -> None:
        stream = self._streams.get(token)
        if stream is not None and not stream.is_open:
            del self._streams[token]
            stream.give_up()
