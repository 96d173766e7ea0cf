"""The questions of the test of doors, who asks them, and what the oracle answers: plain Python over the rows."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from graphql import FieldNode, SelectionSetNode, parse

from schema.chosen_operation import operation_of
from schema.roles import Role
from server.answering.published_operations import published
from server.identity.principal import Grant, Use
from tests.clients.doors import Asked
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, token_of
from tests.oracle.answer import answer
from tests.oracle.busy import busy_world
from tests.oracle.facts import Asker
from tests.oracle.selections import Cell, cell, of_enum

WORLD = busy_world(Random("doors"), datetime(2024, 11, 1, tzinfo=UTC), datetime(2025, 11, 20, tzinfo=UTC), 600)
GERMANY, FREE, WAR = {"country": ("DE",)}, {"subscription": ("Free",)}, {"genre": ("War", "Crime")}
OPERATIONS = ("Countries", "DailyTrends", "Devices", "Genres", "TopMovies")
TOKENS = {
    "admin": ADMIN,
    "analyst": ANALYST,
    "viewer": VIEWER,
    "germany": token_of(Role.ANALYST, GERMANY),
    "free": token_of(Role.VIEWER, FREE),
    "war": token_of(Role.ANALYST, WAR),
    "embed": token_of(Role.EMBED, grant=Grant(OPERATIONS, use=Use.SESSION)),
    "ended": token_of(Role.VIEWER, ttl=timedelta(minutes=-5)),
}
ASKERS = {
    "admin": Asker(),
    "analyst": Asker(),
    "viewer": Asker(masks_gender=True),
    "germany": Asker(scope=GERMANY),
    "free": Asker(masks_gender=True, scope=FREE),
    "war": Asker(scope=WAR),
    "embed": Asker(masks_gender=True),
}
# Tokens that allow what a role does, and no less.
ROLES = ("admin", "analyst", "viewer")
MEASURES = ("views", "viewers", "watchHours", "completionRate", "bufferingPerView", "activeTitles", "watchMinutesP50")
GROUPS = ("country", "device", "genre", "gender", "ageBand", "subscription", "quality", "day")
FILTERS: tuple[dict[str, Any], ...] = (
    {},
    {"country": {"in": ["DE", "US"]}},
    {"device": {"ne": "TV"}},
    {"gender": {"eq": "Female"}},
    {"not": {"genre": {"eq": "Drama"}}},
)


def asked(seed: int) -> Asked:
    """A random question, the same each time."""
    chance = Random(seed)
    by = chance.sample(GROUPS, chance.randint(1, 2))
    zone = chance.choice(("UTC", "Asia/Kolkata", "America/New_York"))
    measures = chance.sample(MEASURES, chance.randint(1, 3))
    return Asked(measures, by, chance.choice(("P30D", "P1Y")), zone, chance.choice(FILTERS), chance.choice((5, 60)))


def counted(question: Asked, name: str) -> list[dict[str, Any]]:
    """The rows of a question for an asker, recounted."""
    shown = ["time" if one == "day" else one for one in question.by]
    by = [of_enum(one) for one in question.by]
    rows = cell("rows", *map(cell, [*shown, *question.measures]), by=by, limit=question.limit)
    found = answer(cell("viewing", rows, **question.variables), WORLD, ASKERS[name])
    return list(found["viewing"]["rows"])


def counted_panel(operation: str, variables: Mapping[str, Any], asker: Asker) -> list[dict[str, Any]]:
    """The rows of a published operation for an asker, recounted."""
    definition = operation_of(parse(published()[operation].document))
    assert definition is not None
    (root,) = definition.selection_set.selections
    assert isinstance(root, FieldNode)
    question: Cell = cell(root.name.value, *_cells(root.selection_set), **variables)
    found = answer(question, WORLD, asker)
    return list(found[root.name.value])


def _cells(selected: SelectionSetNode | None) -> Iterator[Cell]:
    """What is selected, but ids, which the oracle does not know."""
    for one in selected.selections if selected else ():
        assert isinstance(one, FieldNode)
        if one.name.value != "id":
            yield cell(one.name.value, *_cells(one.selection_set))
