"""The ids of sessions and ratings name their day, so that finding one reads that day, or year, only; a wrong day finds
nothing, and no day all.
"""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from resolvers.root import build_schema
from server.answering.published_operations import published
from server.answering.service import Service
from server.settings import Settings
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import ADMIN, TOKENS, Door
from tests.integration.resolvers.world import REVIEWS, SESSIONS
from warehouse import ids, open_warehouse
from warehouse.access import Access
from warehouse.query.listing import REVIEW_LIST, SESSION_LIST, Listing, RowId, rows_of_ids_sql
from warehouse.query.parameters import Parameters

NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Session { startTime } ... on Rating { rating } } }"
MIDNIGHT = datetime(2026, 3, 10, tzinfo=UTC)
# The last second of a day, and the first of the next.
LATE = replace(SESSIONS[0], id="7000001", start=MIDNIGHT - timedelta(seconds=1))
EARLY = replace(SESSIONS[0], id=str(uuid.UUID(int=0xABC << 100 | 5)), start=MIDNIGHT)
# On one day, and more than one granule of the table holds.
MANY = [replace(SESSIONS[1], id=f"{8_000_000 + number}", start=MIDNIGHT) for number in range(20_000)]
# The last second of a year, and the first of the next, with more of them than one granule holds.
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
OLD_RATING = replace(REVIEWS[0], id="7000002", given=NEW_YEAR - timedelta(seconds=1))
NEW_RATINGS = [replace(REVIEWS[1], id=f"{9_000_000 + number}", given=NEW_YEAR) for number in range(20_000)]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service over the small world, with more sessions and ratings around midnight."""
    settings = Settings(warehouse=f"chdb://{tmp_path_factory.mktemp('dated') / 'warehouse'}")
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        world.load(warehouse)
        world.load(warehouse, world.World((), (), [LATE, EARLY, *MANY], [OLD_RATING, *NEW_RATINGS]))
        yield Service(settings, warehouse, build_schema(), published(), TOKENS)


def found(door: Door, *ids: str) -> list[str | None]:
    """The ids of the nodes that are found."""
    return [one and one["id"] for one in door.ask(NODES, ADMIN, ids=ids)["nodes"]]


def test_days_begin_at_midnight_in_utc(door: Door) -> None:
    late, early = f"Session:2026-03-09:{LATE.id}", f"Session:2026-03-10:{EARLY.id}"
    assert found(door, late, early) == [late, early]
    assert found(door, f"Session:2026-03-10:{LATE.id}", f"Session:2026-03-09:{EARLY.id}") == [None, None]
    old, new = f"Rating:2025-12-31:{OLD_RATING.id}", f"Rating:2026-01-01:{NEW_RATINGS[0].id}"
    assert found(door, old, new) == [old, new]
    assert found(door, f"Rating:2026-01-01:{OLD_RATING.id}", f"Rating:2025-12-31:{NEW_RATINGS[0].id}") == [None, None]


def test_a_node_is_found_without_its_day_and_then_has_it(door: Door) -> None:
    assert found(door, f"Rating:{OLD_RATING.id}") == [f"Rating:2025-12-31:{OLD_RATING.id}"]
    right, without = f"Session:2026-03-09:{LATE.id}", f"Session:{LATE.id}"
    assert found(door, without) == [right]
    wrong = f"Session:2026-03-10:{LATE.id}"
    assert found(door, wrong, without, right, wrong) == [None, right, right, None]
    # The day of one is not the day of the other, though both days are asked for.
    assert found(door, wrong, f"Session:2026-03-09:{EARLY.id}", right) == [None, None, right]


@pytest.mark.parametrize(
    "day",
    [
        *("", "2026-3-9", "2026-02-30", "20260309", "2026-03-09T00:00:00Z", "0001-01-01", "9999-12-31"),
        *("2106-02-08", "1989-12-31", "2100-01-01", "٢٠٢٦-03-09", "2026-03-09:2026-03-09"),
    ],
)
def test_a_day_that_can_not_be_finds_nothing(door: Door, day: str) -> None:
    assert found(door, f"Session:{day}:{LATE.id}", f"Rating:{day}:{OLD_RATING.id}") == [None, None]


def test_only_ids_of_what_is_dated_name_days(door: Door) -> None:
    assert found(door, "Movie:2026-03-09:1", "User:2026-03-09:10") == [None] * 2


def test_the_other_days_are_not_read(service: Service) -> None:
    def rows_read(asked: RowId, listing: Listing = SESSION_LIST) -> int:
        parameters = Parameters()
        sql = rows_of_ids_sql(listing, ("id", str(listing.dated_by)), [asked], Access("", "admin"), parameters)
        return service.warehouse.engine.cost(sql, parameters.values)[0]

    # Of no session: the engine remembers where those were that have been asked for.
    key = ids.parse("6000001")
    assert key is not None
    on_its_day = sum(one.start.date() == LATE.start.date() for one in [*SESSIONS, LATE])
    assert rows_read(RowId(key)) >= len(SESSIONS) + len(MANY)
    # The granules of its day, which hold some rows of its neighbours.
    assert on_its_day <= rows_read(RowId(key, LATE.start.date())) < len(MANY)
    # Of ratings, the year: those of the new one are not read.
    assert rows_read(RowId(key), REVIEW_LIST) >= len(NEW_RATINGS)
    assert 1 <= rows_read(RowId(key, OLD_RATING.given.date()), REVIEW_LIST) <= len(REVIEWS) + 1
