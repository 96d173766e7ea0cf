"""What generated methods stand on: ways to run an operation, to ask it as a table, and to ask any question."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping, Sequence
from typing import Any

from marquee_client.exchange import Asked
from marquee_client.operation import Operation, Result
from marquee_client.questions import AsyncQuestion, Question, asked_of, texts
from marquee_client.tables import AsyncTable, Table


class Runner(ABC):
    """Runs operations, and waits for them."""

    @abstractmethod
    def run(self, operation: Operation[Result], variables: dict[str, Any]) -> Result:
        """The result of a query or mutation."""

    @abstractmethod
    def subscribe(self, operation: Operation[Result], variables: dict[str, Any]) -> Generator[Result, None, None]:
        """The events of a subscription."""

    @abstractmethod
    def fetch(self, asked: Asked) -> bytes:
        """An answer as an Arrow stream."""

    @abstractmethod
    def read(self, asked: Asked) -> dict[str, Any]:
        """An answer's data."""

    def ask(
        self,
        root: str,
        measures: Sequence[str],
        by: Sequence[str],
        attributes: Sequence[str],
        order_by: Sequence[str],
        others: Mapping[str, Any],
    ) -> Question[Any]:
        """A question in parameters; nothing is asked yet."""
        return Question(self.fetch, asked_of(root, measures, by, attributes, order_by, others), root, self.read)


class AsyncRunner(ABC):
    """Runs operations that are awaited."""

    @abstractmethod
    async def run(self, operation: Operation[Result], variables: dict[str, Any]) -> Result:
        """The result of a query or mutation."""

    @abstractmethod
    def subscribe(self, operation: Operation[Result], variables: dict[str, Any]) -> AsyncGenerator[Result, None]:
        """The events of a subscription."""

    @abstractmethod
    async def fetch(self, asked: Asked) -> bytes:
        """An answer as an Arrow stream."""

    @abstractmethod
    async def read(self, asked: Asked) -> dict[str, Any]:
        """An answer's data."""

    def ask(
        self,
        root: str,
        measures: Sequence[str],
        by: Sequence[str],
        attributes: Sequence[str],
        order_by: Sequence[str],
        others: Mapping[str, Any],
    ) -> AsyncQuestion[Any]:
        """A question in parameters; nothing is asked yet."""
        return AsyncQuestion(self.fetch, asked_of(root, measures, by, attributes, order_by, others), root, self.read)


class Tables:
    """Asks operations as tables."""

    def __init__(self, fetch: Callable[[Asked], bytes]) -> None:
        self._fetch = fetch

    def table(self, name: str, variables: dict[str, Any]) -> Table:
        """One operation's table; nothing is asked yet."""
        return Table(self._fetch, _as_file(name, variables))


class AsyncTables:
    """Asks operations as tables that are awaited."""

    def __init__(self, fetch: Callable[[Asked], Awaitable[bytes]]) -> None:
        self._fetch = fetch

    def table(self, name: str, variables: dict[str, Any]) -> AsyncTable:
        """One operation's table; nothing is asked yet."""
        return AsyncTable(self._fetch, _as_file(name, variables))


def _as_file(name: str, variables: dict[str, Any]) -> Asked:
    return Asked(f"api/{name}", {**texts(variables), "format": "arrow"})
