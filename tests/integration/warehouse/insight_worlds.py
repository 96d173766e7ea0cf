"""Random worlds for the insights: around changes of the clock, seen by several askers, through several filters."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from random import Random
from types import MappingProxyType
from zoneinfo import ZoneInfo

from tests.integration.warehouse.modes import Modes
from tests.integration.warehouse.recount import dimension_value, passes, said
from tests.integration.warehouse.worlds import DAY_S, Session, World, load_in_pieces, random_world
from warehouse import Warehouse
from warehouse.access import SYSTEM, Access
from warehouse.insights.sessions import Sessions
from warehouse.query.local_time import Range
from warehouse.query.question import AllOf, AnyOf, Condition, Filter, Not

# Zone → an instant at which its clock changes: by an hour, by half an hour, a minute past midnight, by a whole day.
CHANGES = {
    "America/New_York": 1_772_953_200,
    "Australia/Lord_Howe": 1_775_314_800,
    "America/St_Johns": 1_289_097_060,
    "Pacific/Apia": 1_325_239_200,
}
# Zones and modes: each change of the clock embedded, and one behind HTTP.
PLACES = (*((zone, "embedded") for zone in sorted(CHANGES)), ("America/New_York", "server"))
FILTERS: tuple[Filter | None, ...] = (
    None,
    Condition("device", "eq", "TV"),
    Not(Condition("release_year", "gte", 2019)),
    AnyOf((Condition("genre", "has", "Crime"), Condition("country", "in", ("US", "Unknown")))),
    AllOf((Condition("hour_of_day", "lt", 18), Condition("movie", "in", ("1", "2", "3")))),
    Condition("attribute", "eq", "2.1", "app.version"),
    AnyOf(()),
)
SCOPES: tuple[tuple[str, ...], ...] = ((), ("US", "DE"), ("ZZ",))
DAYS = 140


@dataclass(frozen=True)
class Served:
    """A zone, a world around a change of its clock, and the warehouse that was loaded with it."""

    zone: str
    world: World
    warehouse: Warehouse

    def spans(self, chance: Random, count: int, most_days: int) -> Iterator[Range]:
        """Ranges that hold the change of the clock, begun and ended on odd instants or on hours."""
        for _ in range(count):
            step = chance.choice((1, 3600))
            start = (CHANGES[self.zone] - chance.randrange(1, most_days * DAY_S)) // step * step
            yield Range(start, (CHANGES[self.zone] + chance.randrange(1, most_days * DAY_S)) // step * step + step)

    def local(self, instant: float) -> datetime:
        """An instant on the zone's clock."""
        return datetime.fromtimestamp(instant, ZoneInfo(self.zone))

    def day(self, instant: float) -> date:
        """The local date of an instant."""
        return self.local(instant).date()

    def visible(self, scope: tuple[str, ...]) -> list[Session]:
        """Sessions of people in a scope of countries; an empty scope sees all."""
        people = self.world.people
        return [one for one in self.world.sessions if not scope or (people[one.user].country or "Unknown") in scope]

    def passing(self, where: Filter | None, scope: tuple[str, ...] = ()) -> list[Session]:
        """Sessions in a scope that pass a filter."""
        return [
            one
            for one in self.visible(scope)
            if passes(
                where,
                partial(self._value, one),
                self.world.films[one.film],
            )
        ]

    def _value(self, session: Session, dimension: str) -> object:
        if dimension == "attribute":
            return said(session.app)
        return dimension_value(dimension, session, self.world, self.zone)


def asker(scope: tuple[str, ...]) -> Access:
    """Who may see the sessions of some countries, or all."""
    return replace(SYSTEM, scope=MappingProxyType({"country": scope})) if scope else SYSTEM


def asked(served: Served, span: Range, where: Filter | None = None) -> Sessions:
    """The sessions of a range, in the served zone."""
    return Sessions(span, served.zone, where)


def next_day(day: date) -> date:
    """The date after."""
    return day + timedelta(days=1)


@contextmanager
def opened_world(place: tuple[str, str], modes: Modes, base: Path) -> Iterator[Served]:
    """A zone's world in a mode, loaded in pieces with repeats and corrections; tests only read it."""
    zone, mode = place
    world, folder = _loaded(zone, mode, modes, base)
    with modes.opened(mode, folder) as warehouse:
        yield Served(zone, world, warehouse)


@cache
def _loaded(zone: str, mode: str, modes: Modes, base: Path) -> tuple[World, Path]:
    """A world and its warehouse's folder, closed: one process may hold one folder at a time, and loading is slow."""
    chance = Random(f"insights {zone}")
    world = random_world(chance, CHANGES[zone], DAYS, sessions=500)
    folder = base / f"insights-{zone.replace('/', '-')}-{mode}"
    folder.mkdir()
    with modes.opened(mode, folder) as warehouse:
        load_in_pieces(warehouse, world, chance)
    return world, folder
