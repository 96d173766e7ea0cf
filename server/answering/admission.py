"""Admission: what a request will cost, whether its subject may spend that now, and in whose turn its statements run.

What is answered without executing it is estimated, so that it is refused all the same, but not charged.
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
    """The budgets and turns of all subjects."""

    def __init__(self, clients: int) -> None:
        self.budget = Budget()
        self.turns = StatementQueue(clients)

    def cost(
        self, principal: Principal, document: str, variables: Mapping[str, Any] | None, operation: str | None
    ) -> int:
        """The estimate of a request, charged to nobody yet; 0 for a document that executing it will refuse.

        Raises: Forbidden for a role that can't ask, BadInput for variables beyond bounds, TooExpensive for more than
        one request may cost.
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
        """Take a request's cost from its subject's minute; returns what each of its statements waits for.

        Raises: TooManyRequests for more than is left.
        """
        limits = limits_of(principal.role)
        self.budget.charge(principal.who, cost, limits.cost_per_minute)
        return partial(self.turns.turn, principal.who, limits.statements)
