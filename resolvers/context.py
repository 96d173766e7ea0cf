"""What a request brings to its resolvers: the warehouse, what the asker may see, a place for notes on the answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import strawberry
from anyio import to_thread
from graphql import GraphQLResolveInfo

from warehouse import Warehouse, ranges
from warehouse.access import Access
from warehouse.answer import Answer, ask
from warehouse.calendar import iso
from warehouse.errors import BadInput
from warehouse.question import Question
from warehouse.ranges import Window

T = TypeVar("T")


@dataclass
class Context:
    """One request. `notes` become `extensions.marquee.paths`: response path → range, source and reasons."""

    warehouse: Warehouse
    access: Access
    notes: dict[str, dict[str, Any]] = field(default_factory=dict)
    data_through: str | None = None

    async def work(self, call: Callable[[], T]) -> T:
        """Run something that waits for the engine, off the event loop; loads that would show meanwhile wait."""

        def held() -> T:
            with self.warehouse.gate.reading():
                return call()

        return await to_thread.run_sync(held)

    async def window(self, asked: Any, zone: str, default: str = ranges.DEFAULT_LAST) -> Window:
        """The range of an API input, resolved against the newest data that the asker may see.

        Raises: BadInput when the input is neither `{last}` nor `{from, to}`.
        """
        newest = await self.work(lambda: self.warehouse.newest(self.access))
        if newest is not None:
            self.data_through = iso(newest, "UTC")
        last, start, end = (asked.last, asked.from_, asked.to) if asked else (default, None, None)
        if last and not start and not end:
            return ranges.last(last, zone, newest if newest is not None else _now())
        if start and end and not last:
            return ranges.between(start, end, zone)
        raise BadInput('A range is either {last: "P30D"} or {from: ..., to: ...}, `to` excluded.')

    async def ask(self, info: GraphQLResolveInfo[Any], question: Question, window: Window | None = None) -> Answer:
        """Answer a question, and note how at the field's response path."""
        answer = await self.work(lambda: ask(self.warehouse, question, self.access))
        span = window.span if window else question.span
        self.notes[".".join(map(str, info.path.as_list()))] = {
            "range": {"from": iso(span.start, question.zone), "to": iso(span.end, question.zone)},
            "source": answer.sources,
            "reasons": sorted({each.reason.value for route in answer.statement.routes for each in route.rejected}),
        }
        return answer


def _now() -> int:
    from time import time

    return int(time())


def context_of(info: strawberry.Info) -> Context:
    """The request's context."""
    found = info.context
    assert isinstance(found, Context)
    return found


def raw(info: strawberry.Info) -> GraphQLResolveInfo[Any]:
    """graphql-core's own info."""
    return info._raw_info
