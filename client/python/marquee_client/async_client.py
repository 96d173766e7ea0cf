"""The client whose answers are awaited."""

import asyncio
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from functools import cached_property
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from httpx_sse import SSEError, aconnect_sse

from marquee_client.connection import TIMEOUT_S, event_data, is_stream, refusal, request_of, stream_arguments
from marquee_client.errors import MarqueeError
from marquee_client.exchange import Asked, Flow, NeedToken, Pause, Reconnecting, ended, exchange, run
from marquee_client.generated.methods import AsyncMethods, AsyncOperationTables
from marquee_client.operation import Operation, Result
from marquee_client.responses import read_arrow, read_data
from marquee_client.retries import Retries

T = TypeVar("T")


class AsyncClient(AsyncMethods):
    """A server at a base address (`http://127.0.0.1:8000`), with a token or a function that makes one, awaited or
    not. The function is called first, and whenever a token is refused. A client of httpx that is given stays the
    caller's to close.
    """

    def __init__(
        self,
        url: str,
        token: str | Callable[[], str | Awaitable[str]] | None = None,
        *,
        retries: Retries | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self.url, self._retries = url.rstrip("/"), retries or Retries()
        self._source, self._token = token, token if isinstance(token, str) else None
        self._own = None if http else httpx.AsyncClient(timeout=TIMEOUT_S)
        self._http = http or self._own or httpx.AsyncClient()

    @cached_property
    def tables(self) -> AsyncOperationTables:
        """Published operations as tables: `await client.tables.top_movies(limit=3).to_pandas()`."""
        return AsyncOperationTables(self.fetch)

    async def run(self, operation: Operation[Result], variables: dict[str, Any]) -> Result:
        """The result of a query or mutation.

        Raises: MarqueeError.
        """
        return operation.result.model_validate(await self._done(run(operation, variables, self._retries, self._renews)))

    async def query(self, document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The data of any query or mutation, which is sent once.

        Raises: MarqueeError.
        """
        return await self.read(
            Asked("graphql", json={"query": document, "variables": variables or {}}, repeatable=False)
        )

    async def read(self, asked: Asked) -> dict[str, Any]:
        """An answer's data.

        Raises: MarqueeError.
        """
        return await self._done(exchange(asked, read_data, self._retries, self._renews))

    async def fetch(self, asked: Asked) -> bytes:
        """An answer as an Arrow stream.

        Raises: MarqueeError.
        """
        return await self._done(exchange(asked, read_arrow, self._retries, self._renews))

    async def subscribe(self, operation: Operation[Result], variables: dict[str, Any]) -> AsyncGenerator[Result, None]:
        """The events of a subscription, until it completes; the stream is opened again where it breaks.

        Raises: MarqueeError when it is refused, or can't be opened again.
        """
        state = Reconnecting(self._retries, self._renews)
        while True:
            try:
                async with aclosing(self._events(state, operation, variables)) as events:
                    async for data in events:
                        if data is None:
                            return
                        state.heard()
                        yield operation.result.model_validate(data)
                failure = ended()
            except (httpx.TransportError, SSEError) as error:
                failure = ended(error)
            except MarqueeError as error:
                failure = error
            await asyncio.sleep(state.pause_s(failure))

    async def _events(
        self, state: Reconnecting, operation: Operation[Any], variables: dict[str, Any]
    ) -> AsyncGenerator[dict[str, Any] | None, None]:
        """The data of each event of one connection, and None at its completion."""
        arguments = stream_arguments(state.body(operation, variables), await self._bearer(state.is_refused))
        async with aconnect_sse(self._http, "POST", f"{self.url}/graphql", **arguments) as source:
            if not is_stream(source):
                await source.response.aread()
                raise refusal(source.response)
            async for event in source.aiter_sse():
                yield None if event.event == "complete" else event_data(event, source.response)

    @property
    def _renews(self) -> bool:
        return callable(self._source)

    async def _done(self, flow: Flow[T]) -> T:
        """Carry out a flow."""
        step = next(flow)
        try:
            while True:
                match step:
                    case NeedToken():
                        step = flow.send(await self._bearer(step.is_refused))
                    case Pause():
                        await asyncio.sleep(step.seconds)
                        step = next(flow)
                    case _:
                        try:
                            response = await self._http.send(request_of(self._http, self.url, step))
                        except httpx.TransportError as error:
                            step = flow.throw(error)
                        else:
                            step = flow.send(response)
        except StopIteration as end:
            value: T = end.value
            return value

    async def _bearer(self, is_refused: bool) -> str | None:
        if callable(self._source) and (is_refused or self._token is None):
            made = self._source()
            self._token = await made if inspect.isawaitable(made) else made
        return self._token

    async def close(self) -> None:
        """Close the connections of a client of its own."""
        if self._own:
            await self._own.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
