"""What a request brings to its resolvers: the warehouse, what the asker may see, a place for notes on the answer."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

import strawberry
from graphql import GraphQLResolveInfo
from strawberry.utils.str_converters import to_camel_case

from resolvers.explain import COSTS, explain
from resolvers.pipeline_runner import PipelineRunner
from resolvers.statement_runner import StatementRunner
from resolvers.token_service import TokenService
from warehouse import Warehouse
from warehouse.access import Access
from warehouse.engine.allowance import Allowance
from warehouse.errors import BadInput, TooExpensive
from warehouse.loads import ledger
from warehouse.query import moments, ranges
from warehouse.query.answer import Answer, Timings, ask
from warehouse.query.local_time import Range, iso
from warehouse.query.question import Question
from warehouse.query.ranges import Window

T = TypeVar("T")
# Waits for the asker's turn at the engine, and holds it for the block.
Turn = Callable[[], AbstractAsyncContextManager[None]]
MOST_QUESTIONS = 30


@dataclass(frozen=True)
class Unmatched:
    """A value that a filter or argument `name` at a response path asks for and nothing has; `known` are those that
    there are, where they are few.
    """

    path: str
    name: str
    value: str
    known: frozenset[str] = field(default=frozenset(), compare=False, repr=False)


@dataclass
class Context:
    """One request. `notes` become `extensions.marquee.paths`: response path → range, source and reasons, and with
    `explains` the whole plan; `cost` is what it was estimated at. `unmatched` are values of filters that nothing has.
    `token_service` makes and revokes tokens and `runner` runs the pipeline, where the server put one. `operation` and
    `fields` are the document's name and root fields, once it is parsed.
    """

    warehouse: Warehouse
    access: Access
    notes: dict[str, dict[str, Any]] = field(default_factory=dict)
    data_through: str | None = None
    loaded_at: str | None = None
    questions: int = 0
    timings: Timings = field(default_factory=Timings)
    explains: bool = False
    token_service: TokenService | None = None
    runner: PipelineRunner | None = None
    may_keep: bool = True
    operation: str = ""
    fields: tuple[str, ...] = ()
    cost: int = 0
    turn: Turn = nullcontext
    unmatched: dict[Unmatched, None] = field(default_factory=dict)
    statements: StatementRunner = field(init=False)

    def __post_init__(self) -> None:
        self.statements = StatementRunner(self.warehouse)

    async def work(self, call: Callable[[], T]) -> T:
        """Run something that waits for the engine, in the asker's turn and under its limits, off the event loop."""
        allowance = Allowance(self.access.statement_seconds, self.access.statement_memory_bytes)
        async with self.turn():
            return await self.statements.run(call, allowance)

    async def load_as_of(self, moment: str | None, zone: str) -> int | None:
        """The last load that was done at a moment of the API; None for the present.

        Raises: BadInput when the moment can't be read.
        """
        if moment is None:
            return None
        instant = moments.moment_of(moment, zone)
        return await self.work(lambda: ledger.load_as_of(self.warehouse.engine, instant))

    async def window(
        self, given: Any, zone: str, default: str = ranges.DEFAULT_LAST, as_of: int | None = None
    ) -> Window:
        """The range of an API input, resolved against the newest data that the asker may see, as of a load.

        Raises: BadInput when the input is neither `{last}` nor `{from, to}`.
        """
        newest, loaded_at = await self.work(
            lambda: (self.warehouse.reader.newest(self.access, as_of), self.warehouse.reader.loaded_at())
        )
        # Loads of rows out of scope would show in it.
        self.loaded_at = None if self.access.scope else loaded_at
        if newest is None:
            # The range ends now, and another now for who asks next.
            self.may_keep = False
        else:
            self.data_through = iso(newest, "UTC")
        last, start, end = (given.last, given.from_, given.to) if given else (default, None, None)
        if last and not start and not end:
            return ranges.last(last, zone, newest if newest is not None else _now())
        if start and end and not last:
            return ranges.between(start, end, zone)
        raise BadInput('A range is either {last: "P30D"} or {from: ..., to: ...}, `to` excluded.')

    async def answer(
        self,
        info: GraphQLResolveInfo[Any],
        question: Question,
        key: str | None = None,
        fields: Mapping[str, str] = MappingProxyType({}),
    ) -> Answer:
        """Answer a question, and note how at the field's response path, below it under `key` where it is a part.
        `fields` are the measures that the API calls otherwise here: slug → field.

        Raises: TooExpensive for more than 30 questions in one request.
        """
        self.admit()
        answer = await self.work(lambda: ask(self.warehouse.reader, question, self.access))
        self.timings += answer.timings
        reasons = {each.reason.value for route in answer.statement.routes for each in route.rejected}
        note = self.note(info, question.span, question.zone, answer.sources, reasons, key)
        if question.before:
            note["comparedWith"] = _span(question.before, question.zone)
        if answer.statement.unapplied:
            note["notApplied"] = [
                {
                    "filters": list(map(to_camel_case, one.dimensions)),
                    "measures": [to_camel_case(fields.get(slug, slug)) for slug in one.measures],
                }
                for one in answer.statement.unapplied
            ]
        if self.explains:
            note["plan"] = await self.explain(answer, COSTS)
        return answer

    async def explain(self, answer: Answer, fields: Iterable[str]) -> dict[str, Any]:
        """The plan of an answer, as far as the asker may see it; what it reads is measured if it is among `fields`."""
        engine, statement = self.warehouse.engine, answer.statement

        async def measure() -> tuple[int, int]:
            return await self.work(lambda: engine.cost(statement.sql, statement.parameters))

        return await explain(answer, self.access.sees_figures, measure if COSTS & set(fields) else None)

    def admit(self) -> None:
        """Count one more question of the request.

        Raises: TooExpensive for more than 30.
        """
        self.questions += 1
        if self.questions > MOST_QUESTIONS:
            raise TooExpensive(f"The request asks more than {MOST_QUESTIONS} questions. Send several requests.")

    def note(
        self,
        info: GraphQLResolveInfo[Any],
        span: Range,
        zone: str,
        sources: Sequence[str],
        reasons: Iterable[str] = (),
        key: str | None = None,
    ) -> dict[str, Any]:
        """Note the range that was used and what served, at the field's response path, below it under `key`."""
        note = {
            "range": _span(span, zone),
            "source": sources,
            "reasons": sorted(reasons),
        }
        self.notes[".".join(map(str, [*info.path.as_list(), *([key] if key else [])]))] = note
        return note


def _span(span: Range, zone: str) -> dict[str, str]:
    return {"from": iso(span.start, zone), "to": iso(span.end, zone)}


def _now() -> int:
    return int(time.time())


def context_of(info: strawberry.Info) -> Context:
    """The request's context."""
    found = info.context
    assert isinstance(found, Context)
    return found
