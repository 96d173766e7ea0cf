"""Hostile texts as values on the real engine: they match nothing, break nothing, and leave the tables as they are."""

from random import Random

import pytest

from tests.integration.warehouse.worlds import load_in_pieces, random_world
from tests.unit.warehouse.test_compiler_attacked import HOSTILE
from warehouse import Warehouse
from warehouse.access import SYSTEM, Access
from warehouse.query.answer import ask
from warehouse.query.listing import USER_LIST, count
from warehouse.query.local_time import Range
from warehouse.query.pages import PageRequest, page
from warehouse.query.question import AllOf, AnyOf, Condition, Group, Question

SPAN = Range(1_770_000_000, 1_790_000_000)


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_hostile_values_match_nothing_and_break_nothing(warehouse: Warehouse) -> None:
    chance = Random(8)
    world = random_world(chance, 1_780_000_000, sessions=50)
    load_in_pieces(warehouse, world, chance)
    for text in HOSTILE:
        where = AllOf((Condition("country", "eq", text), AnyOf((Condition("genre", "has", text),))))
        assert ask(warehouse.reader, Question((), ("views",), SPAN, where=where), SYSTEM).rows[0].now["views"] == 0, (
            text
        )
        scoped = Access("subject", "viewer", scope={"country": (text,)})
        assert list(ask(warehouse.reader, Question((Group("device"),), ("views",), SPAN), scoped).rows) == [], text
        assert count(warehouse.engine, USER_LIST, Condition("email", "in", (text,)), SYSTEM) == 0, text
        assert (
            page(warehouse.engine, USER_LIST, PageRequest(("id",), 5, where=Condition("id", "eq", text)), SYSTEM).rows
            == []
        )
    assert ask(warehouse.reader, Question((), ("views",), SPAN), SYSTEM).rows[0].now["views"] == 50
