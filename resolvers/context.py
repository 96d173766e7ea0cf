"""The context of a request for its resolvers: the warehouse, what the asker may see, and notes on the answer."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import strawberry
from graphql import GraphQLResolveInfo
from strawberry.utils.str_converters import to_camel_case

from resolvers.explain import COSTS, explain
from resolvers.operation_publisher_interface import OperationPublisher
from resolvers.pipeline_runner_interface import PipelineRunner
from resolvers.statement_runner import StatementRunner
from resolvers.token_service_interface import TokenService
from warehouse import Warehouse
from warehouse.access import Access
from warehouse.engine.allowance import Allowance
from warehouse.errors import BadInput, Forbidden, TooExpensive, naming
from warehouse.loads import ledger
from warehouse.query import instants, ranges
from warehouse.query.answer import Answer, Timings, ask
from warehouse.query.local_time import Range, iso
from warehouse.query.question import Question
from warehouse.query.ranges import Window
from warehouse.query.router import Route
from warehouse.spark_results.ages import Age, age_of

T = TypeVar("T")
# Waits for the asker's turn at the engine and holds it during the block; gives whether the work is known to be long. It
# is known by the response path that it is for.
Turn = Callable[[str], AbstractAsyncContextManager[bool]]
MOST_QUESTIONS = 30


@dataclass(frozen=True)
class Unmatched:
    """A value of the filter or argument `name` at a response path that matches nothing; `known` are the existing
    values, if they are few.
    """

    path: str
    name: str
    value: str
    known: frozenset[str] = field(default=frozenset(), compare=False, repr=False)


@dataclass
class Context:
    """One request. `notes` become `extensions.marquee.paths`: response path → range, source and reasons, and with
    `explains` the whole plan. `ages` are of the results of jobs that were read, by response path and job; a result that
    is behind its data by more than `most_behind` is stale. `cost` is the estimate; `unmatched` are filter values
    without matches. `token_service` makes and revokes tokens, `runner` runs the pipeline and `publisher` publishes
    operations, if the server provides them. `operation` and `fields` are the document's name and root fields, once it
    is parsed. `asks_past` says that a field is as of a load, `issuer` whose token the asker has, `may_publish` whether
    they may save questions that others ask. `routes` and `pieces` are what its questions were
    answered from, and `refused` is the code of an input that a mutation refused.
    """

    warehouse: Warehouse
    access: Access
    notes: dict[str, dict[str, Any]] = field(default_factory=dict)
    data_through: str | None = None
    loaded_at: str | None = None
    questions: int = 0
    timings: Timings = field(default_factory=Timings)
    explains: bool = False
    ages: dict[tuple[str, str], Age] = field(default_factory=dict)
    most_behind: timedelta = timedelta(hours=48)
    token_service: TokenService | None = None
    runner: PipelineRunner | None = None
    publisher: OperationPublisher | None = None
    may_keep: bool = True
    operation: str = ""
    fields: tuple[str, ...] = ()
    routes: list[Route] = field(default_factory=list)
    pieces: dict[str, None] = field(default_factory=dict)
    cost: int = 0
    issuer: str = ""
    asks_past: bool = False
    may_publish: bool = True
    turn: Turn = lambda path: nullcontext(False)  # noqa: ARG005
    unmatched: dict[Unmatched, None] = field(default_factory=dict)
    refused: str = ""
    statements: StatementRunner = field(init=False)
    _reaches: dict[int | None, "asyncio.Task[tuple[int | None, str | None]]"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.statements = StatementRunner(self.warehouse)

    async def work(self, call: Callable[[], T], path: str = "") -> T:
        """Run a blocking call to the engine in a thread, in the asker's turn and within its limits. It is for the field
        at a response path, or a look-up for all fields.
        """
        return await self._run(call, path, is_once=False)

    async def once(self, call: Callable[[], T]) -> T:
        """Run a blocking call that writes, or reads what no load changes: it is called once, whatever is loaded
        meanwhile.
        """
        return await self._run(call, "", is_once=True)

    async def _run(self, call: Callable[[], T], path: str, is_once: bool) -> T:
        access = self.access
        allowance = Allowance(access.statement_seconds, access.statement_memory_bytes)
        allowance.scope, allowance.past = access.scope, self.asks_past
        async with self.turn(path) as allowance.is_long:
            return await self.statements.run(call, allowance, is_once)

    async def load_as_of(self, moment: str | None, zone: str) -> int | None:
        """The last load that was finished at a moment; None for the present.

        Raises: BadInput if the moment can't be parsed; Forbidden for askers with a minimum group size, who would see a
        group before and after one person joined it.
        """
        if moment is None:
            return None
        if self.access.minimum_group:
            raise Forbidden("Your role may not ask about the past: the difference could reveal single people.")
        with naming("asOf"):
            instant = instants.moment_of(moment, zone)
        self.asks_past = True
        return await self.work(lambda: ledger.load_as_of(self.warehouse.engine, instant))

    async def window(
        self, given: Any, zone: str, default: str = ranges.DEFAULT_LAST, as_of: int | None = None
    ) -> Window:
        """Resolve a range input against the newest data that the asker may see, as of a load.

        Raises: BadInput if the input is neither `{last}` nor `{from, to}`.
        """
        newest, loaded_at = await self._reach(as_of)
        # It would reveal loads of rows outside the scope.
        self.loaded_at = None if self.access.scope else loaded_at
        if newest is None:
            # The range ends now, so the same request later has a different range.
            self.may_keep = False
        else:
            self.data_through = iso(newest, "UTC")
        last, start, end = (given.last, given.from_, given.to) if given else (default, None, None)
        with naming("range"):
            if last and not start and not end:
                return ranges.last(last, zone, newest if newest is not None else _now())
            if start and end and not last:
                return ranges.between(start, end, zone)
            raise BadInput('A range is either {last: "P30D"} or {from: ..., to: ...}, `to` excluded.')

    async def _reach(self, as_of: int | None) -> tuple[int | None, str | None]:
        """The instant of the newest session, and when the last load was done; looked up once for all fields."""
        reader = self.warehouse.reader
        if as_of not in self._reaches:
            looking = self.work(lambda: (reader.newest(self.access, as_of), reader.loaded_at()))
            self._reaches[as_of] = asyncio.ensure_future(looking)
            # Its error is for those who wait for it; there may be none left.
            self._reaches[as_of].add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(self._reaches[as_of])

    async def answer(
        self,
        info: GraphQLResolveInfo[Any],
        question: Question,
        key: str | None = None,
    ) -> Answer:
        """Answer a question and note its source at the field's response path, under `key` if it is one part of the
        field.

        Raises: TooExpensive for more than 30 questions in one request.
        """
        self.admit()
        answer = await self.work(lambda: ask(self.warehouse.reader, question, self.access), path_of(info, key))
        self.timings += answer.timings
        self.routes += answer.statement.routes
        self.pieces |= dict.fromkeys(answer.pieces)
        reasons = {each.reason.value for route in answer.statement.routes for each in route.rejected}
        note = self.note(info, question.span, question.zone, answer.sources, reasons, key)
        if question.before:
            note["comparedWith"] = _span(question.before, question.zone)
        if not question.is_bounded:
            note["unbounded"] = True
        if answer.statement.unapplied:
            note["notApplied"] = [
                {
                    "filters": list(map(to_camel_case, one.dimensions)),
                    "measures": list(map(to_camel_case, one.measures)),
                }
                for one in answer.statement.unapplied
            ]
        if self.explains:
            note["plan"] = await self.explain(answer, COSTS)
        return answer

    async def explain(self, answer: Answer, fields: Iterable[str]) -> dict[str, Any]:
        """The part of an answer's plan that the asker may see; rows and bytes read are measured if in `fields`."""
        engine, statement = self.warehouse.engine, answer.statement

        async def measure() -> tuple[int, int]:
            return await self.work(lambda: engine.cost(statement.sql, statement.parameters))

        return await explain(answer, self.access.sees_figures, measure if COSTS & set(fields) else None)

    def admit(self) -> None:
        """Count one more question for this request.

        Raises: TooExpensive for more than 30.
        """
        self.questions += 1
        self.check_questions()

    def check_length(self, values: Sequence[Any], name: str) -> None:
        """Raises: BadInput for a list of more rows than a page of the asker's may have."""
        if len(values) > self.access.page_rows:
            raise BadInput(f"{name} lists {len(values):,}; allowed are {self.access.page_rows:,}. Send fewer.", name)

    def check_questions(self) -> None:
        """Raises: TooExpensive if the request has asked more than 30 questions. Which of them are too many depends on
        timing, so the whole request is refused.
        """
        if self.questions > MOST_QUESTIONS:
            raise TooExpensive(f"The request has more than {MOST_QUESTIONS} questions. Send several requests.")

    def note(
        self,
        info: GraphQLResolveInfo[Any],
        span: Range,
        zone: str,
        sources: Sequence[str],
        reasons: Iterable[str] = (),
        key: str | None = None,
    ) -> dict[str, Any]:
        """Note the range and the source at the field's response path, under `key` if given."""
        note = {
            "range": _span(span, zone),
            "source": sources,
            "reasons": sorted(reasons),
        }
        self.notes[path_of(info, key)] = note
        return note


async def note_ages(context: Context, info: GraphQLResolveInfo[Any], *jobs: str) -> None:
    """Note how old the results of jobs are from which the field at its response path is answered."""
    path, reader = path_of(info), context.warehouse.reader
    found = await context.work(lambda: [age_of(reader, job, context.access, context.most_behind) for job in jobs], path)
    context.ages |= {(path, age.job): age for age in found}


def path_of(info: GraphQLResolveInfo[Any], key: str | None = None) -> str:
    """A field's response path, or that of one part of it: aliases where there are some, joined by dots."""
    return ".".join(map(str, [*info.path.as_list(), *([key] if key else [])]))


def _span(span: Range, zone: str) -> dict[str, str]:
    return {"from": iso(span.start, zone), "to": iso(span.end, zone)}


def _now() -> int:
    return int(time.time())


def context_of(info: strawberry.Info) -> Context:
    """The request's context."""
    found = info.context
    assert isinstance(found, Context)
    return found
