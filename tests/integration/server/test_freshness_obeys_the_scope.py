"""`freshness`: a load is told at once to who sees something of it, and not by a byte to who does not."""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Hashable, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from resolvers import freshness
from resolvers.root import build_schema
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from server.answering.statement_queue import Ticket
from server.settings import Settings
from tests.integration.new_warehouse import lay
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import TOKENS, VIEWER, token_of
from tests.integration.server.sockets import FRESHNESS, PATIENCE_S, Host, Talk, hosted
from tests.integration.warehouse.modes import served_engine
from warehouse import Warehouse, open_warehouse
from warehouse.access import Access
from warehouse.query.freshness import Freshness
from warehouse.query.reader import Reader

pytestmark = pytest.mark.slow

US = token_of(Role.VIEWER, {"country": ("US",)})
DE = token_of(Role.VIEWER, {"country": ("DE",)})
COMEDY = token_of(Role.VIEWER, {"genre": ("Comedy",)})
ADA, CARL = world.PEOPLE[0], world.PEOPLE[2]
DUSK, DAWN = world.FILMS[:2]
NOTHING = world.World((), (), (), ())


def service_over(warehouse: Warehouse) -> Service:
    return Service(Settings(), warehouse, build_schema(), published(), TOKENS)


@pytest.fixture(autouse=True)
def _short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change is told within a tenth of a second: in steps of a second silence would only mean that it comes later."""
    monkeypatch.setattr(freshness, "STEP_S", 0.1)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    """The small world, to load into."""
    with open_warehouse(lay(tmp_path / "warehouse")) as warehouse:
        world.load(warehouse)
        yield warehouse


@pytest.fixture
def host(warehouse: Warehouse) -> Iterator[Host]:
    with hosted(service_over(warehouse)) as host:
        yield host


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def subscribed(host: Host, stack: ExitStack, token: str, document: str = FRESHNESS) -> Talk:
    """A socket that has heard how fresh the data is."""
    talk = stack.enter_context(host.talk())
    talk.greet(token)
    talk.subscribe("1", document)
    talk.freshness()
    return talk


def session(number: int, user: world.Person, film: world.Film, start: datetime) -> world.Session:
    return world.Session(str(number), user, film, start, 600_000, None, "TV", "HD", 0)


def test_the_present_state_comes_at_once_and_each_new_one_when_it_is_there(
    host: Host, warehouse: Warehouse, stack: ExitStack
) -> None:
    talk = stack.enter_context(host.talk())
    talk.greet(VIEWER)
    talk.subscribe("1", FRESHNESS)
    before = talk.freshness()
    assert before == {"dataThrough": "2026-04-10T18:00:00Z", "loadedAt": warehouse.reader.loaded_at()}
    world.load(warehouse, replace(NOTHING, sessions=[session(1, ADA, DUSK, datetime(2026, 4, 11, 9, tzinfo=UTC))]))
    after = talk.freshness()
    assert after["dataThrough"] == "2026-04-11T09:00:00Z"
    assert after["loadedAt"] > before["loadedAt"]
    assert talk.is_silent()


def test_a_load_out_of_scope_sends_nothing_and_one_in_scope_does(
    host: Host, warehouse: Warehouse, stack: ExitStack
) -> None:
    american, german, comic = (subscribed(host, stack, token) for token in (US, DE, COMEDY))
    later = datetime(2026, 5, 1, tzinfo=UTC)
    world.load(warehouse, replace(NOTHING, sessions=[session(1, CARL, DUSK, later)]))
    assert german.freshness() == {"dataThrough": "2026-05-01T00:00:00Z", "loadedAt": None}
    assert american.is_silent()
    assert comic.is_silent()
    world.load(warehouse, replace(NOTHING, sessions=[session(2, ADA, DAWN, later + timedelta(days=1))]))
    assert comic.freshness() == american.freshness() == {"dataThrough": "2026-05-02T00:00:00Z", "loadedAt": None}
    assert german.is_silent()


def test_rows_that_are_not_the_newest_are_told_too(host: Host, warehouse: Warehouse, stack: ExitStack) -> None:
    american, german = (subscribed(host, stack, token) for token in (US, DE))
    world.load(warehouse, replace(NOTHING, sessions=[session(1, ADA, DUSK, datetime(2026, 3, 1, tzinfo=UTC))]))
    assert american.freshness()["loadedAt"] is None
    assert german.is_silent()


def test_the_span_of_a_change_is_that_of_the_rows_in_scope(host: Host, warehouse: Warehouse, stack: ExitStack) -> None:
    document = "subscription { freshness { changed { from to } } }"
    german, everyone = (subscribed(host, stack, token, document) for token in (DE, VIEWER))
    later = datetime(2026, 5, 1, tzinfo=UTC)
    both = [session(1, ADA, DUSK, later - timedelta(days=60)), session(2, CARL, DUSK, later)]
    world.load(warehouse, replace(NOTHING, sessions=both))
    of_carl = {"from": "2026-05-01T00:00:00Z", "to": "2026-05-01T00:00:01Z"}
    assert german.freshness() == {"changed": of_carl}
    assert everyone.freshness() == {"changed": {**of_carl, "from": "2026-03-02T00:00:00Z"}}
    world.load(warehouse, replace(NOTHING, people=[replace(CARL, plan="free")]))
    assert german.freshness() == everyone.freshness() == {"changed": None}


def test_an_event_has_what_is_selected_under_the_names_that_are_asked(
    host: Host, warehouse: Warehouse, stack: ExitStack
) -> None:
    document = """
        subscription Now($more: Boolean!) {
          freshness {
            __typename through: dataThrough ...Change loadedAt @skip(if: true)
            ... on Freshness @include(if: $more) { also: dataThrough }
          }
        }
        fragment Change on Freshness { changed { kind: __typename from } changed { until: to } }
    """
    talk = stack.enter_context(host.talk())
    talk.greet(VIEWER)
    talk.say("subscribe", id="1", payload={"query": document, "variables": {"more": True}})
    first = {"__typename": "Freshness", "through": "2026-04-10T18:00:00Z", "changed": None}
    assert talk.freshness() == {**first, "also": "2026-04-10T18:00:00Z"}
    world.load(warehouse, replace(NOTHING, sessions=[session(1, ADA, DUSK, datetime(2026, 5, 1, tzinfo=UTC))]))
    changed = {"kind": "Span", "from": "2026-05-01T00:00:00Z", "until": "2026-05-01T00:00:01Z"}
    through = "2026-05-01T00:00:00Z"
    assert talk.freshness() == {"__typename": "Freshness", "through": through, "changed": changed, "also": through}


def test_corrections_are_told_to_who_sees_them(host: Host, warehouse: Warehouse, stack: ExitStack) -> None:
    american, german, comic = (subscribed(host, stack, token) for token in (US, DE, COMEDY))
    world.load(warehouse, replace(NOTHING, people=[replace(ADA, plan="free")]))
    assert american.freshness()["loadedAt"] is None
    assert comic.freshness()["loadedAt"] is None
    assert german.is_silent()
    # All of it is masked for viewers: the first letter, the domain, the band and the absence of a gender stay.
    world.load(warehouse, replace(NOTHING, people=[replace(ADA, plan="free", email="a@example.com", gender="other")]))
    assert american.is_silent()
    assert comic.is_silent()


def test_who_moves_out_of_scope_is_missed_and_who_moves_in_is_seen(
    host: Host, warehouse: Warehouse, stack: ExitStack
) -> None:
    american, german = (subscribed(host, stack, token) for token in (US, DE))
    world.load(warehouse, replace(NOTHING, people=[replace(CARL, country="US")]))
    assert (american.freshness()["loadedAt"], german.freshness()["loadedAt"]) == (None, None)


def test_a_rebuild_which_never_changes_an_answer_sends_nothing(
    host: Host, warehouse: Warehouse, stack: ExitStack
) -> None:
    talks = [subscribed(host, stack, token) for token in (VIEWER, US)]
    assert warehouse.rebuild() > 0
    assert all(talk.is_silent() for talk in talks)


def test_of_many_loads_a_slow_reader_hears_the_newest(host: Host, warehouse: Warehouse, stack: ExitStack) -> None:
    talk = subscribed(host, stack, US)
    for day in range(1, 6):
        start = datetime(2026, 5, day, tzinfo=UTC)
        world.load(warehouse, replace(NOTHING, sessions=[session(day, ADA, DUSK, start)]))
    heard = [talk.freshness()["dataThrough"]]
    while heard[-1] != "2026-05-05T00:00:00Z":
        heard.append(talk.freshness()["dataThrough"])
    assert len(heard) <= 5
    assert talk.is_silent()


def test_a_scope_without_data_has_none(host: Host) -> None:
    with host.talk() as talk:
        talk.greet(token_of(Role.VIEWER, {"country": ("ZZ",)}))
        talk.subscribe("1", FRESHNESS)
        assert talk.freshness() == {"dataThrough": None, "loadedAt": None}


def test_a_load_is_read_once_for_all_who_see_the_same(
    host: Host, warehouse: Warehouse, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = [
        token_of(Role.VIEWER, scope, subject=f"reader {number}")
        for number in range(6)
        for scope in ({}, {"country": ("US",)}, {"country": ("DE",)})
    ]
    talks = [subscribed(host, stack, token) for token in tokens for _ in range(4)]
    read: Counter[Hashable] = Counter()
    of = Reader.freshness

    def counted(reader: Reader, access: Access) -> Freshness:
        read[tuple(access.scope.items())] += 1
        return of(reader, access)

    monkeypatch.setattr(Reader, "freshness", counted)
    later = datetime(2026, 5, 1, tzinfo=UTC)
    world.load(warehouse, replace(NOTHING, sessions=[session(1, ADA, DUSK, later), session(2, CARL, DUSK, later)]))
    assert {talk.freshness()["dataThrough"] for talk in talks} == {"2026-05-01T00:00:00Z"}
    # By 24 subscriptions of each kind. A load signals when it is shown and when it is done.
    assert set(read) == {(), (("country", ("US",)),), (("country", ("DE",)),)}
    assert max(read.values()) <= 2


def test_who_waits_for_its_turn_keeps_nobody_else_waiting(
    warehouse: Warehouse, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = service_over(warehouse)
    host = stack.enter_context(hosted(service))
    _, idle = (subscribed(host, stack, token_of(Role.VIEWER, subject=subject)) for subject in ("busy", "idle"))
    turn, waits = service.admission.turns.turn, threading.Event()

    @asynccontextmanager
    async def one_waits(who: tuple[str, Role, str], most: int, kind: Hashable) -> AsyncIterator[Ticket]:
        if who[2] == "busy":
            waits.set()
            await asyncio.sleep(PATIENCE_S)
        async with turn(who, most, kind) as ticket:
            yield ticket

    monkeypatch.setattr(service.admission.turns, "turn", one_waits)
    world.load(warehouse, replace(NOTHING, sessions=[session(1, ADA, DUSK, datetime(2026, 5, 1, tzinfo=UTC))]))
    assert idle.freshness(PATIENCE_S / 2)["dataThrough"] == "2026-05-01T00:00:00Z"
    assert waits.is_set()


def test_loads_of_another_process_are_told_within_seconds(
    tmp_path: Path, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freshness, "OTHERS_S", 0.1)
    address = stack.enter_context(served_engine(tmp_path)).address()
    ours, theirs = (stack.enter_context(open_warehouse(address)) for _ in range(2))
    world.load(ours)
    talk = subscribed(stack.enter_context(hosted(service_over(ours))), stack, US)
    world.load(theirs, replace(NOTHING, sessions=[session(1, ADA, DUSK, datetime(2026, 5, 1, tzinfo=UTC))]))
    assert talk.freshness() == {"dataThrough": "2026-05-01T00:00:00Z", "loadedAt": None}
    # The same state may be told again when its load is done.
    while not talk.is_silent():
        pass
    world.load(theirs, replace(NOTHING, sessions=[session(2, CARL, DUSK, datetime(2026, 5, 2, tzinfo=UTC))]))
    assert talk.is_silent()
