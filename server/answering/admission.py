"""Admission: what a request costs, whether its subject's budget covers it, and when its statements run.

A cached answer is estimated too, so it can be refused, but it isn't charged.
"""

import math
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
from cachetools import LRUCache
from graphql import GraphQLError

from resolvers.context import Turn
from resolvers.documents import document_of
from schema.access_policy import limits_of
from schema.limits.cost import check_budget, estimate
from schema.limits.variables import check_variables
from server.answering.audit import document_hash
from server.answering.budget import Budget
from server.answering.statement_queue import Lane, StatementQueue
from server.identity.principal import Principal

# What a second of a processor costs.
COST_PER_S = 1_000
# Of a document that is only read and refused.
CHARACTERS_PER_COST = 1_000
# Estimates that are remembered.
_REMEMBERED = 2_048


class Admission:
    """The budgets and the statement queue, shared by all subjects."""

    def __init__(self, clients: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.budget = Budget(clock)
        self.turns = StatementQueue(clients, clock=clock)
        self._costs: LRUCache[tuple[str, str | None, bytes], int] = LRUCache(_REMEMBERED)

    def cost(
        self, principal: Principal, document: str, variables: Mapping[str, Any] | None, operation: str | None
    ) -> int:
        """The estimated cost of a request, without charging it; that of reading it for a document that execution will
        reject.

        Raises: Forbidden for a role that can't query, BadInput for variables out of bounds, TooExpensive above the
        limit for one request.
        """
        limits = limits_of(principal.role)
        check_variables(variables or {})
        cost = self._estimate(document, variables or {}, operation)
        check_budget(cost, limits.query_cost)
        return cost

    def _estimate(self, document: str, variables: Mapping[str, Any], operation: str | None) -> int:
        try:
            key = document, operation, orjson.dumps(variables, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError:
            key = None  # such as a number of 65 bits
        cost = self._costs.get(key) if key else None
        if cost is None:
            try:
                cost = estimate(document_of(document), variables, operation)
            except GraphQLError:
                # Refused when it is run; what it costs is to read it.
                cost = math.ceil(len(document) / CHARACTERS_PER_COST)
            if key:
                self._costs[key] = cost
        return cost

    def charge(self, principal: Principal, cost: int, document: str, operation: str | None) -> Turn:
        """Charge a request's estimated cost to its subject's budget; returns the turn that each of its statements waits
        for, in the lane of what its field took before. What they take beyond the estimate is charged afterwards.

        Raises: TooManyRequests if the budget is too low.
        """
        limits = limits_of(principal.role)
        self.budget.charge(principal.who, cost, limits.cost_per_minute)
        asked, spent = document_hash(document), 0.0

        @asynccontextmanager
        async def turn(path: str) -> AsyncIterator[bool]:
            nonlocal spent
            kind = asked, operation, path
            had = None
            try:
                async with self.turns.turn(principal.who, limits.statements, kind) as had:
                    yield had.lane is Lane.LONG
            finally:
                if had is not None:
                    charged, spent = max(cost, spent), spent + had.took_s * COST_PER_S
                    self.budget.spend(principal.who, max(spent - charged, 0), limits.cost_per_minute)

        return turn
