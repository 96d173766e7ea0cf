"""Admission: what a request costs, whether its subject's budget covers it, and when its statements run.

A cached answer is estimated too, so it can be refused, but it isn't charged.
"""

import math
import time
from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any

import orjson
from cachetools import LRUCache
from graphql import GraphQLError

from resolvers.context import Turn
from resolvers.documents import document_of, is_cached
from schema.access_policy import LIMITS, limits_of
from schema.limits.cost import check_budget, estimate
from schema.limits.rules import BOUNDS
from schema.limits.variables import check_variables
from schema.roles import Role
from server.answering.audit import document_hash
from server.answering.budget import Budget
from server.answering.statement_queue import Lane, StatementQueue
from server.identity.principal import Principal
from warehouse.shared_spending import SharedSpending

# What a second of a processor costs.
COST_PER_S = 1_000
# What lexing, parsing and checking this many characters of a dense document costs.
CHARACTERS_PER_COST = 100
# Shorter documents cost nothing to read, so that a subject without budget can still ask who it is.
FREE_CHARACTERS = 1_000
# What reading this much of JSON costs, whatever it holds; shorter ones cost nothing.
BYTES_PER_COST = 16 * 1024
# Estimates that are remembered.
_REMEMBERED = 2_048


def _shared_budget(spending: SharedSpending, clock: Callable[[], float]) -> Budget:
    def tell(who: Hashable, cost: float, per_minute: int) -> None:
        spending.note(orjson.dumps(who).decode(), cost, per_minute)

    def hear(told: str, cost: float, per_minute: int, age_s: float) -> None:
        issuer, role, subject = orjson.loads(told)
        # A later version, to which this process will be upgraded soon, may have other roles.
        if role in list(Role):
            budget.learn((issuer, Role(role), subject), cost, per_minute, age_s)

    budget = Budget(clock, on_spent=tell)
    spending.on_others = hear
    return budget


class Admission:
    """The budgets and the statement queue, shared by all subjects. `spending` tells other processes on the same server
    what was charged here, and what they charged."""

    def __init__(
        self, clients: int, clock: Callable[[], float] = time.monotonic, spending: SharedSpending | None = None
    ) -> None:
        self.budget = Budget(clock)
        if spending:
            self.budget = _shared_budget(spending, clock)
        self.turns = StatementQueue(clients, clock=clock)
        # By digest: the texts themselves may be of megabytes.
        self._costs: LRUCache[bytes, int] = LRUCache(_REMEMBERED)

    def charge_reading(self, principal: Principal, document: str) -> None:
        """Charge a subject for reading a document that is new, whatever becomes of it.

        Raises: TooManyRequests if the budget is too low; Forbidden for a role that can't query.
        """
        cost = cost_of_reading(document)
        # One that is too long is not read, and is charged as it is refused.
        if cost and len(document) <= BOUNDS.characters and not is_cached(document):
            self.budget.charge(principal.who, cost, limits_of(principal.role).cost_per_minute)

    def charge_body(self, principal: Principal, size_bytes: int) -> None:
        """Charge a subject for reading a JSON body or message, whatever becomes of it. Roles that can't query are
        charged as viewers are.

        Raises: TooManyRequests if the budget is too low.
        """
        cost = size_bytes // BYTES_PER_COST
        if cost:
            limits = LIMITS.get(principal.role, LIMITS[Role.VIEWER])
            self.budget.charge(principal.who, cost, limits.cost_per_minute)

    def cost(
        self, principal: Principal, document: str, variables: Mapping[str, Any] | None, operation: str | None
    ) -> int:
        """The estimated cost of a request, without charging it: at least that of reading its document, which is all
        for one that execution will reject. What is refused here is charged for its estimate, once.

        Raises: Forbidden for a role that can't query, BadInput for variables out of bounds, TooExpensive above the
        limit for one request, TooManyRequests instead if the budget does not cover the estimate.
        """
        limits = limits_of(principal.role)
        check_variables(variables or {})
        key = _digest(document, variables or {}, operation)
        known = self._costs.get(key) if key else None
        cost = self._estimate(document, variables or {}, operation, key) if known is None else known
        if cost > limits.query_cost and known is None:
            self.budget.charge(principal.who, max(cost_of_reading(document), 1), limits.cost_per_minute)
        check_budget(cost, limits.query_cost)
        return cost

    def _estimate(self, document: str, variables: Mapping[str, Any], operation: str | None, key: bytes | None) -> int:
        try:
            cost = max(estimate(document_of(document), variables, operation), cost_of_reading(document))
        except GraphQLError:
            # Refused when it is run.
            cost = max(cost_of_reading(document), 1)
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
        spent = 0.0

        @asynccontextmanager
        async def turn(path: str) -> AsyncIterator[bool]:
            nonlocal spent
            # A digest: names may be long.
            kind = document_hash(f"{operation} {path} {document}")
            had = None
            try:
                async with self.turns.turn(principal.who, limits.statements, kind) as had:
                    yield had.lane is Lane.LONG
            finally:
                if had is not None:
                    charged, spent = max(cost, spent), spent + had.took_s * COST_PER_S
                    self.budget.spend(principal.who, max(spent - charged, 0), limits.cost_per_minute)

        return turn


def cost_of_reading(document: str) -> int:
    """The cost of reading a document; of a longer one than is allowed, no more than its beginning is read."""
    if len(document) < FREE_CHARACTERS:
        return 0
    return math.ceil(min(len(document), BOUNDS.characters) / CHARACTERS_PER_COST)


def _digest(document: str, variables: Mapping[str, Any], operation: str | None) -> bytes | None:
    """What tells a request from others; None if its variables can't be written, such as a number of 65 bits."""
    try:
        parts = orjson.dumps([document, operation, variables], option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return None
    return sha256(parts).digest()
