"""The service behind every entry point: warehouse, schema, published operations and tokens in one object."""

import asyncio
import logging
import threading
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from anyio import to_thread

from resolvers.context import Context, Turn
from resolvers.role_schema import sdl_for
from resolvers.root import Schema
from resolvers.statement_runner import MOST_TRIES
from schema.access_policy import access_of, limits_of
from schema.roles import Role
from server.answering.admission import Admission
from server.answering.audit import answering, conclude, name_document
from server.answering.board_questions import board_request, saved_question
from server.answering.errors import error_of
from server.answering.execution import Executed, changes, execute, stream, subscribes
from server.answering.in_flight import InFlight
from server.answering.operation_catalogue import OperationCatalogue
from server.answering.published_operations import Operation, pick_by_id
from server.answering.published_requests import PublishedRequests
from server.answering.questions_in_parameters import question
from server.answering.request import GraphQLRequest
from server.answering.response_cache import ResponseCache, Wanted, key_of
from server.export.table import Shape
from server.identity.callers import Caller, Callers
from server.identity.oidc import OidcProvider
from server.identity.page_sessions import PageSessions
from server.identity.principal import Principal
from server.identity.token_service import LocalTokenService
from server.identity.tokens import Tokens
from server.observing.observer import Observer
from server.pipeline_runs.active_run import StepFunction
from server.pipeline_runs.runner import Runner
from server.settings import Documents, Settings
from warehouse import Warehouse
from warehouse.access import Access
from warehouse.errors import Forbidden, MarqueeError, TooExpensive
from warehouse.issued_tokens import IssuedTokens
from warehouse.pipeline_runs import PipelineStep

# How often something is asked where other processes may show loads, and how much longer each try waits before it.
MOST_SHARED_TRIES = 5
SHOWING_S = 0.05
# The state of an answer that may be of several.
NO_STATE = -1
LOG = logging.getLogger("marquee.answers")
# The variable that holds the page size.
_PAGE_SIZE = "first"
# The published operation that shows a board.
BOARD = "Board"


@dataclass(frozen=True)
class Service:
    """Answers requests, commands and tests. `draining` is set when the server is about to stop, and `ending` when it is
    shutting down. `observer` is notified of all that happens. `built_in` are the operations that Marquee brings;
    `operations` has them and those that admins published.
    """

    settings: Settings
    warehouse: Warehouse
    schema: Schema
    built_in: Mapping[str, Operation]
    tokens: Tokens
    hash_key: bytes = b""
    answers: ResponseCache = field(default_factory=lambda: ResponseCache(0))
    in_flight: InFlight = field(default_factory=InFlight)
    observer: Observer = field(default_factory=Observer)
    oidc: OidcProvider | None = None
    draining: threading.Event = field(default_factory=threading.Event)
    ending: threading.Event = field(default_factory=threading.Event)
    operations: OperationCatalogue = field(init=False)

    def __post_init__(self) -> None:
        # Read here, where nobody waits yet, so that no caller sees only the half.
        table, is_shared = self.warehouse.published_operations, not self.warehouse.is_ours_alone
        object.__setattr__(self, "operations", OperationCatalogue(self.built_in, table, is_shared))

    @cached_property
    def callers(self) -> Callers:
        """Who sends requests."""
        return Callers(self.tokens, self.warehouse.revocations, self.operations)

    @cached_property
    def token_service(self) -> LocalTokenService:
        """Makes, lists and revokes tokens, and signs in by links."""
        issued = IssuedTokens(self.warehouse.engine)
        return LocalTokenService(
            self.tokens, self.operations, self.warehouse.revocations, lambda: self.schema.core, issued
        )

    @cached_property
    def sessions(self) -> PageSessions:
        """Sessions of the pages for people whom a provider signs in."""
        ttl = timedelta(hours=self.settings.oidc_session_hours)
        return PageSessions(self.tokens, self.token_service, self.warehouse.revocations, ttl)

    @cached_property
    def published(self) -> PublishedRequests:
        """Requests for published operations."""
        return PublishedRequests(self.operations, self.schema.core)

    @cached_property
    def admission(self) -> Admission:
        """The budgets and the statement queue."""
        return Admission(self.settings.clients, spending=self.warehouse.spending)

    @cached_property
    def runs(self) -> Runner:
        """Runs of the pipeline."""
        return Runner(self.warehouse, self._step_functions, self.settings.drop_folder)

    def _step_functions(self) -> Mapping[PipelineStep, StepFunction]:
        # Imported at the first run: the data generator is slow to import.
        from server.pipeline_runs.spark_steps import run_jobs
        from server.pipeline_runs.steps import step_functions

        return step_functions(self.warehouse, Path(self.settings.drop_folder), run_jobs(self.warehouse, self.settings))

    async def run_document(self, caller: Caller, request: GraphQLRequest) -> Executed:
        """Execute any document, or a published one by its id.

        Raises: Forbidden for a role that may only write, or may only run named operations; BadInput for an unknown id.
        """
        return await self._answer(caller, self._admitted(caller, request))

    async def subscribe(self, caller: Caller, request: GraphQLRequest) -> AsyncGenerator[Executed, None]:
        """Run any document as a stream: each event of a subscription, or the one answer of a query or mutation.
        Closing the generator stops the work.

        Raises: the same as `run_document`.
        """
        with answering(self.warehouse.audit.take, caller.principal, caller.address) as record:
            admitted = self._admitted(caller, request)
            if not subscribes(admitted.document, admitted.operation):
                yield await self._answer(caller, admitted)
                return
            name_document(record, admitted.document, admitted.published or admitted.operation)
            context = self._context(caller, admitted)
            context.turn = self._charge(caller, admitted, context)
            try:
                async with aclosing(
                    stream(self.schema, admitted.document, admitted.variables, context, admitted.operation)
                ) as events:
                    async for event in events:
                        conclude(record, event)
                        yield event
            finally:
                await context.statements.drain()

    async def run_operation(
        self, caller: Caller, name: str, texts: Mapping[str, str], explains: bool = False
    ) -> Executed:
        """Execute a published operation with variables given as text; a token's fixed variables can't be overridden.
        With `explains` the answer includes its plans.

        Raises: BadInput, Forbidden.
        """
        return await self._answer(
            caller, replace(self.published.request(caller.principal, name, texts), explains=explains)
        )

    async def run_for_file(self, caller: Caller, name: str, texts: Mapping[str, str]) -> tuple[Executed, Shape]:
        """Execute a published operation for a file: a paged list is returned whole, unless the caller sets `first`.
        Also returns the table that the answer is.

        Raises: BadInput, Forbidden; TooExpensive for more rows than an answer may have.
        """
        asked = self.published.file_request(caller.principal, name, texts)
        request, shape = asked.request, asked.shape
        given = request.variables or {}
        if not shape.is_paged or _PAGE_SIZE in given or _PAGE_SIZE not in asked.kinds:
            return await self._answer(caller, request), shape
        most = limits_of(caller.principal.role).max_rows
        executed = await self._answer(caller, replace(request, variables={**given, _PAGE_SIZE: most}, in_one_page=True))
        data = executed.body.get("data")
        if "errors" not in executed.body and shape.has_more(data):
            raise TooExpensive(
                f"{name} has {shape.total(data):,} rows, and a file holds {most:,} at most. Narrow it with `where`, or "
                "read it page by page as JSON, with `first` and `after`."
            )
        return executed, shape

    async def run_board_question(
        self, caller: Caller, texts: Mapping[str, str], wanted: str, view: Mapping[str, str]
    ) -> Executed:
        """Execute a question that a board keeps, under a view; `texts` are the variables of the operation `Board`. The
        board publishes it, so that trusted documents and an embed token that shows the board allow it, and no other.

        Raises: BadInput, Forbidden.
        """
        found = await self.run_operation(caller, BOARD, texts)
        if "errors" in found.body:
            return found
        saved = saved_question(found.body["data"]["board"], wanted)
        return await self._answer(caller, board_request(question(self.schema.core, "viewing"), saved, view))

    async def newest(self, caller: Caller) -> int | None:
        """The instant of the newest session that a caller may see, in seconds since 1970; None when there is none.

        Raises: Forbidden for a role that may not read.
        """
        access = self._access(caller.principal)
        await self._catch_up()
        return await to_thread.run_sync(self.warehouse.reader.newest, access)

    def check_asks(self, principal: Principal) -> None:
        """Raises: Forbidden for a role that may only write, or may only run named operations."""
        if principal.role is Role.EMBED:
            raise Forbidden("An embed token only runs the operation it was made for: GET /api/{operation}.")
        self._access(principal)

    def sdl_for(self, principal: Principal) -> str:
        """The schema for roles that may read it whole; otherwise what the role may ask.

        Raises: Forbidden.
        """
        access = self._access(principal)
        return f"{self.schema.as_str()}\n" if access.introspects else sdl_for(self.schema.core, access)

    def check_introspects(self, principal: Principal) -> None:
        """Raises: Forbidden for a role that may not read the schema."""
        if principal.role is Role.EMBED or not self._access(principal).introspects:
            raise Forbidden("Your role may not read the schema. Use a token of the role analyst or admin.")

    async def _answer(self, caller: Caller, request: GraphQLRequest) -> Executed:
        """Every request is executed through here, so the common rules apply and the audit log records it."""
        with answering(self.warehouse.audit.take, caller.principal, caller.address) as record:
            name_document(record, request.document, request.published or request.operation)
            executed = await self._kept_or_fresh(caller, request)
            conclude(record, executed)
        return executed

    async def _kept_or_fresh(self, caller: Caller, request: GraphQLRequest) -> Executed:
        try:
            context = self._context(caller, request)
        except TooExpensive as error:
            return Executed({"errors": [error_of(error)]}, ran=False)
        # A plan has measured times, so it is never cached.
        keeps = not request.explains
        await self._catch_up()
        reader = self.warehouse.reader
        key = key_of(request.document, request.operation, request.variables, context.access) if keeps else None
        wanted = Wanted(reader.state_after(request.loaded_since), reader.corrections)
        kept = self.answers.get(key, wanted)
        if kept is not None:
            self.observer.served("kept")
            return kept
        return await caller.attend(self._shared_or_fresh(caller, request, context, key, wanted))

    async def _shared_or_fresh(
        self, caller: Caller, request: GraphQLRequest, context: Context, key: bytes | None, wanted: Wanted
    ) -> Executed:
        reader = self.warehouse.reader
        shared_by = None if changes(request.document, request.operation) else key
        shared = await self.in_flight.answer(shared_by, wanted)
        if shared is not None:
            self.observer.served("shared")
            return shared
        self.observer.served("fresh")
        turn = self._charge(caller, request, context)
        corrections = reader.corrections
        with self.in_flight.flight(shared_by, reader.commits, corrections) as flight:
            context, state, executed = await self._in_one_state(caller, request, context, turn)
            if key is not None and context.may_keep and corrections == reader.corrections and state != NO_STATE:
                self.answers.keep(key, state, corrections, executed)
                if "errors" not in executed.body:
                    flight.land(executed)
        return executed

    async def _in_one_state(
        self, caller: Caller, request: GraphQLRequest, context: Context, turn: Turn
    ) -> tuple[Context, int, Executed]:
        """Execute so that all statements see one state of the data: again if a load showed between two of them, and
        after two tries with loads held back. Loads of other processes can't be held back: it is tried more often then.
        Returns the context that was used last, and the state, or NO_STATE.
        """
        for number in range(MOST_TRIES if self.warehouse.is_ours_alone else MOST_SHARED_TRIES):
            # Another process shows a load: that takes a moment.
            await asyncio.sleep(SHOWING_S * number if not self.warehouse.is_ours_alone else 0)
            context.turn, state = turn, self.warehouse.reader.commits
            executed = await self._execute_once(request, context)
            if not context.may_keep or (context.statements.states <= {state} and await self._is_still(state)):
                return context, state, executed
            context = self._context(caller, request)
        # Without a turn: those who have one may be waiting for the load that waits for this.
        async with context.statements.holding_loads():
            state = self.warehouse.reader.commits
            executed = await self._execute_once(request, context)
        if not await self._is_still(state):
            state = NO_STATE
        return context, state, executed

    async def _catch_up(self) -> bool:
        """Notice what other processes on the same server have changed; returns whether nothing is being shown."""
        if self.warehouse.is_ours_alone:
            return True
        return await to_thread.run_sync(self.warehouse.catch_up)

    async def _is_still(self, state: int) -> bool:
        """Whether an answer is of one state also among processes: nothing has changed, and nothing was being shown.
        Where no other process writes, its statements have told."""
        if self.warehouse.is_ours_alone:
            return True
        return await self._catch_up() and self.warehouse.reader.commits == state

    def _charge(self, caller: Caller, request: GraphQLRequest, context: Context) -> Turn:
        return self.admission.charge(caller.principal, context.cost, request.document, request.operation)

    async def _execute_once(self, request: GraphQLRequest, context: Context) -> Executed:
        """Execute once. When this returns or is cancelled, no work is left running."""
        began = time.perf_counter()
        try:
            return await execute(
                self.schema, request.document, request.variables, context, request.operation, request.only_queries
            )
        finally:
            await context.statements.drain()
            took_s = time.perf_counter() - began
            self.observer.executed(context, took_s)
            if took_s > self.observer.slow_s:
                name = request.published or request.operation or "a document"
                LOG.warning("Slow: %s took %.1f s. Timings of all its questions: %s.", name, took_s, context.timings)

    def kind_of(self, principal: Principal, request: GraphQLRequest) -> str:
        """`query`, `mutation` or `subscription`; `query` if it can't be determined, because execution says why.

        Raises: TooManyRequests if the budget does not cover reading the document; Forbidden.
        """
        self._check_asks_this(principal, request)
        document = request.document
        try:
            if request.document_id is not None:
                document = pick_by_id(self.operations.edition.by_id, request.document_id).document
            if subscribes(document, request.operation):
                return "subscription"
            return "mutation" if changes(document, request.operation) else "query"
        except MarqueeError:
            return "query"

    def _admitted(self, caller: Caller, request: GraphQLRequest) -> GraphQLRequest:
        """The request to run, for an entry point that accepts any document."""
        self._check_asks_this(caller.principal, request)
        if request.document_id is not None:
            operation = pick_by_id(self.operations.edition.by_id, request.document_id)
            return replace(request, document=operation.document, published=operation.name)
        return request

    def _check_asks_this(self, principal: Principal, request: GraphQLRequest) -> None:
        """Check that a subject may ask by a document of its own, and charge it for reading that, before it is read.

        Raises: Forbidden, TooManyRequests.
        """
        self.check_asks(principal)
        if request.document_id is not None:
            return
        if not self._may_publish(principal):
            raise Forbidden(
                "This server answers published operations and the questions of boards only. Send the documentId of an "
                "operation, use GET /api/{operation}, or ask an admin to save the question to a board."
            )
        self.admission.charge_reading(principal, request.document)

    def _may_publish(self, principal: Principal) -> bool:
        """Whether a subject may ask what nobody has published, and so may publish it."""
        return self.settings.documents is Documents.OPEN or principal.role is Role.ADMIN

    def _context(self, caller: Caller, request: GraphQLRequest) -> Context:
        """The context of a request.

        Raises: Forbidden; BadInput for variables out of bounds; TooExpensive above the limit for one request.
        """
        access = self._access(caller.principal)
        return Context(
            self.warehouse,
            replace(access, page_rows=access.max_rows) if request.in_one_page else access,
            explains=request.explains,
            most_behind=timedelta(hours=self.settings.result_stale_hours),
            token_service=self.token_service,
            runner=self.runs,
            publisher=self.operations,
            issuer=caller.principal.issuer or "",
            may_publish=self._may_publish(caller.principal),
            cost=self.admission.cost(caller.principal, request.document, request.variables, request.operation),
        )

    def _access(self, principal: Principal) -> Access:
        return access_of(principal.subject, principal.role, principal.scope, self.hash_key)
