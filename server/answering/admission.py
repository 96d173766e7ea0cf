"""Admission: what a request costs, whether its subject's budget covers it, and when its statements run.

A cached answer is estimated too, so it can be refused, but it isn't charged.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from graphql import GraphQLError

from resolvers.context import Turn
from resolvers.documents import document_of
from schema.limits.cost import check_budget, estimate
from schema.limits.variables import check_variables
from schema.policy import limits_of
from server.answering.budget import Budget
from server.answering.statement_queue import StatementQueue
from server.identity.principal import Principal


class Admission:
    """The budgets and the statement queue, shared by all subjects."""

    def __init__(self, clients: int) -> None:
        self.budget = Budget()
        self.turns = StatementQueue(clients)

    def cost(
        self, principal: Principal, document: str, variables: Mapping[str, Any] | None, operation: str | None
    ) -> int:
        """The estimated cost of a request, without charging it; 0 for a document that execution will reject.

        Raises: Forbidden for a role that can't query, BadInput for variables out of bounds, TooExpensive above the
        limit for one request.
        """
        limits = limits_of(principal.role)
        check_variables(variables or {})
        try:
            cost = estimate(document_of(document), variables or {}, operation)
        except GraphQLError:
            return 0
        check_budget(cost, limits.query_cost)
        return cost

    def charge(self, principal: Principal, cost: int) -> Turn:
        """Charge a request's cost to its subject's budget; returns the turn that each of its statements waits for.

        Raises: TooManyRequests if the budget is too low.
        """
        limits = limits_of(principal.role)
        self.budget.charge(principal.who, cost, limits.cost_per_minute)
        return partial(self.turns.turn, principal.who, limits.statements)
