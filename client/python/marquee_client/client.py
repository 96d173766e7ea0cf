"""The client that waits for its answers."""

import time
from collections.abc import Callable, Generator
from contextlib import closing
from functools import cached_property
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from httpx_sse import SSEError, connect_sse

from marquee_client.connection import TIMEOUT_S, event_data, is_stream, refusal, request_of, stream_arguments
from marquee_client.errors import MarqueeError
from marquee_client.exchange import Asked, Flow, NeedToken, Pause, Reconnecting, ended, exchange, run
from marquee_client.generated.methods import Methods, OperationTables
from marquee_client.operation import Operation, Result
from marquee_client.responses import read_arrow, read_data
from marquee_client.retries import Retries

T = TypeVar("T")


class Client(Methods):
    """A server at a base address (`http://127.0.0.1:8000`), with a token or a function that makes one. The
    function is called first, and whenever a token is refused. A client of httpx that is given stays the caller's to
    close.
    """

    def __init__(
        self,
        url: str,
        token: str | Callable[[], str] | None = None,
        *,
        retries: Retries | None = None,
        http: httpx.Client | None = None,
    ) -> None:
        self.url, self._retries = url.rstrip("/"), retries or Retries()
        self._source, self._token = token, token if isinstance(token, str) else None
        self._own = None if http else httpx.Client(timeout=TIMEOUT_S)
        self._http = http or self._own or httpx.Client()

    @cached_property
    def tables(self) -> OperationTables:
        """Published operations as tables: `client.tables.top_movies(limit=3).to_pandas()`."""
        return OperationTables(self.fetch)

    def run(self, operation: Operation[Result], variables: dict[str, Any]) -> Result:
        """The result of a query or mutation.

        Raises: MarqueeError.
        """
        return operation.result.model_validate(self._done(run(operation, variables, self._retries, self._renews)))

    def query(self, document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The data of any query or mutation, which is sent once.

        Raises: MarqueeError.
        """
        return self.read(Asked("graphql", json={"query": document, "variables": variables or {}}, repeatable=False))

    def read(self, asked: Asked) -> dict[str, Any]:
        """An answer's data.

        Raises: MarqueeError.
        """
        return self._done(exchange(asked, read_data, self._retries, self._renews))

    def fetch(self, asked: Asked) -> bytes:
        """An answer as an Arrow stream.

        Raises: MarqueeError.
        """
        return self._done(exchange(asked, read_arrow, self._retries, self._renews))

    def subscribe(self, operation: Operation[Result], variables: dict[str, Any]) -> Generator[Result, None, None]:
        """The events of a subscription, until it completes; the stream is opened again where it breaks.

        Raises: MarqueeError when it is refused, or can't be opened again.
        """
        state = Reconnecting(self._retries, self._renews)
        while True:
            try:
                with closing(self._events(state, operation, variables)) as events:
                    for data in events:
                        if data is None:
                            return
                        state.heard()
                        yield operation.result.model_validate(data)
                failure = ended()
            except (httpx.TransportError, SSEError) as error:
                failure = ended(error)
            except MarqueeError as error:
                failure = error
            time.sleep(state.pause_s(failure))

    def _events(
        self, state: Reconnecting, operation: Operation[Any], variables: dict[str, Any]
    ) -> Generator[dict[str, Any] | None, None, None]:
        """The data of each event of one connection, and None at its completion."""
        arguments = stream_arguments(state.body(operation, variables), self._bearer(state.is_refused))
        with connect_sse(self._http, "POST", f"{self.url}/graphql", **arguments) as source:
            if not is_stream(source):
                source.response.read()
                raise refusal(source.response)
            for event in source.iter_sse():
                yield None if event.event == "complete" else event_data(event, source.response)

    @property
    def _renews(self) -> bool:
        return callable(self._source)

    def _done(self, flow: Flow[T]) -> T:
        """Carry out a flow."""
        step = next(flow)
        try:
            while True:
                match step:
                    case NeedToken():
                        step = flow.send(self._bearer(step.is_refused))
                    case Pause():
                        time.sleep(step.seconds)
                        step = next(flow)
                    case _:
                        try:
                            response = self._http.send(request_of(self._http, self.url, step))
                        except httpx.TransportError as error:
                            step = flow.throw(error)
                        else:
                            step = flow.send(response)
        except StopIteration as end:
            value: T = end.value
            return value

    def _bearer(self, is_refused: bool) -> str | None:
        if callable(self._source) and (is_refused or self._token is None):
            self._token = self._source()
        return self._token

    def close(self) -> None:
        """Close the connections of a client of its own."""
        if self._own:
            self._own.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
