"""The questions of the cost sweep (`python -m tests.cost_sweep`): the API answers each, and none is free."""

from itertools import islice
from random import Random

from graphql import parse, validate

from resolvers.root import build_schema
from schema.access_policy import LIMITS
from schema.limits.cost import estimate
from schema.roles import Role
from tests.cost_sweep import INSIGHTS, LISTS, PANELS, random_documents


def test_every_question_is_one_of_the_schema_and_costs_something() -> None:
    schema = build_schema().core
    kinds = set()
    for kind, document in islice(random_documents(Random(1)), 400):
        parsed = parse(document)
        assert not validate(schema, parsed), document
        assert 10 <= estimate(parsed, {}) <= LIMITS[Role.ADMIN].query_cost, document
        kinds.add(kind)
    assert len(kinds) == 3 + 1 + len(INSIGHTS)
    assert PANELS
    assert LISTS
