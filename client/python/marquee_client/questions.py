"""Questions in parameters: any measures by any dimensions, as rows or as a table."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar, cast

from marquee_client.exchange import Asked
from marquee_client.operation import given
from marquee_client.tables import AsyncTable, Table

Row = TypeVar("Row")


@dataclass(frozen=True)
class Question(Table, Generic[Row]):
    """A question, answered as rows or as a table."""

    root: str
    read: Callable[[Asked], dict[str, Any]]

    def rows(self) -> list[Row]:
        """The rows, with the names of the API: `row["watchHours"]`."""
        return cast("list[Row]", self.read(plain_json(self.asked))[self.root]["rows"])


@dataclass(frozen=True)
class AsyncQuestion(AsyncTable, Generic[Row]):
    """A question, answered as rows or as a table, awaited."""

    root: str
    read: Callable[[Asked], Awaitable[dict[str, Any]]]

    async def rows(self) -> list[Row]:
        """The rows, with the names of the API: `row["watchHours"]`."""
        return cast("list[Row]", (await self.read(plain_json(self.asked)))[self.root]["rows"])


def plain_json(asked: Asked) -> Asked:
    """The same question, answered as JSON."""
    return Asked(asked.path, {name: text for name, text in (asked.parameters or {}).items() if name != "format"})


def asked_of(
    root: str,
    measures: Sequence[str],
    by: Sequence[str],
    attributes: Sequence[str],
    order_by: Sequence[str],
    others: Mapping[str, Any],
) -> Asked:
    """The request of a question, as a table."""
    groups = [*by, *(f"attribute.{path}" for path in attributes)]
    lists = {"measures": measures, "by": groups, "orderBy": order_by}
    parameters = {name: ",".join(values) for name, values in lists.items() if values}
    return Asked(f"api/{root}", {**parameters, **texts(dict(others)), "format": "arrow"})


def texts(variables: dict[str, Any]) -> dict[str, str]:
    """Variables as query parameters: numbers and texts as they are, inputs and lists as JSON."""
    return {name: _text(value) for name, value in given(variables).items()}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, date) else json.dumps(value, default=plain)


def plain(value: Any) -> Any:
    """What JSON does not know: dates and instants as texts.

    Raises: TypeError for anything else.
    """
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not a value of a variable")
