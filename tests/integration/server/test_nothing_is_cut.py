"""Nothing is cut without a word: files hold all rows of a list, and a table says of how many it shows some."""

import csv
import io
import time
from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from httpx import Response

from resolvers.root import build_schema
from schema import access_policy
from schema.roles import Role
from server.answering.execution import changes, subscribes
from server.answering.published_operations import published
from server.answering.service import Service
from server.export.table import shape_of
from server.identity.principal import Grant, Use
from server.settings import Settings
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import ADMIN, TOKENS, VIEWER, Door, opened_door, token_of
from tests.integration.server.commands import Place
from warehouse import open_warehouse

pytestmark = pytest.mark.slow

FILMS = tuple(world.Film(str(number), f"Film {number % 40}", ("Drama",)) for number in range(1, 46))
PEOPLE = tuple(
    world.Person(str(number), f"u{number}", None, f"{'ABCDEFGHIJ'[number // 10]}{'KLMNOPQRST'[number % 10]}")
    for number in range(72)
)
SESSIONS = tuple(
    world.Session(str(number), person, FILMS[number % 45], world.START, 10_000, None, "TV", None, None)
    for number, person in enumerate(PEOPLE)
)
BIG = world.World(FILMS, PEOPLE, SESSIONS, ())
# Those of the dashboard's pages ask several things at once, and are no tables; titles are looked up a few at a time.
PAGES = {"Audience", "Film", "Films", "FilmTitles", "FilterValues", "Overview", "Playback", "Predictions"}
PUBLISHED = {
    name: shape_of(build_schema().core, one.document)
    for name, one in published().items()
    if not changes(one.document, name) and not subscribes(one.document, name) and name not in PAGES
}
LOGGED = '{ auditLog(where: {operation: {eq: "Me"}}) { totalCount } }'
PAGED = sorted(name for name, shape in PUBLISHED.items() if shape.is_paged)


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A door to more films, users and countries than one page has by default."""
    settings = Settings(warehouse=f"chdb://{tmp_path_factory.mktemp('big')}/warehouse")
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        world.load(warehouse, BIG)
        with opened_door(Service(settings, warehouse, build_schema(), published(), TOKENS)) as door:
            for _ in range(60):
                door.ask("query Me { viewer { role } }", ADMIN)
            until = time.monotonic() + 30
            while door.ask(LOGGED, ADMIN)["auditLog"]["totalCount"] < 60:
                assert time.monotonic() < until, "the records are not written"
                time.sleep(0.05)
            yield door


@pytest.fixture
def bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of 20 rows, answers of 50."""
    small = {role: replace(limits, page_rows=20, max_rows=50) for role, limits in access_policy.LIMITS.items()}
    monkeypatch.setattr(access_policy, "LIMITS", MappingProxyType(small))


def rows_of(response: Response, kind: str) -> list[dict[str, object]]:
    """The rows of a file."""
    assert response.status_code == 200, response.text
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(response.text)))
    if kind == "parquet":
        return list(pq.read_table(io.BytesIO(response.content)).to_pylist())
    with pa.ipc.open_stream(response.content) as stream:
        return list(stream.read_all().to_pylist())


def test_the_lists_that_are_answered_page_by_page_are_these() -> None:
    assert PAGED == ["AuditLog", "Movies", "Users"]


@pytest.mark.parametrize("kind", ["csv", "parquet", "arrow"])
@pytest.mark.parametrize("name", PAGED)
def test_a_file_has_as_many_rows_as_the_list(big: Door, name: str, kind: str) -> None:
    field = name[0].lower() + name[1:]
    # Reading the log leaves a record, too.
    where = {"where": '{"operation": {"eq": "Me"}}'} if name == "AuditLog" else {}
    answer = big.get(f"/api/{name}", ADMIN, params=where).json()["data"][field]
    assert (len(answer["edges"]), answer["pageInfo"]["hasNextPage"]) == (50 if where else 20, True)
    rows = rows_of(big.get(f"/api/{name}", ADMIN, params={**where, "format": kind}), kind)
    assert len(rows) == answer["totalCount"] == {"AuditLog": 60, "Movies": 45, "Users": 72}[name]
    assert len({str(row.get("sourceId") or row["id"]) for row in rows}) == len(rows)


def test_a_file_keeps_the_list_s_order_beyond_a_page(big: Door) -> None:
    order = {"orderBy": '{"field": "TITLE", "direction": "DESC"}'}
    titles = [row["title"] for row in rows_of(big.get("/api/Movies", VIEWER, params={**order, "format": "csv"}), "csv")]
    assert titles == sorted((film.title for film in FILMS), reverse=True)


def test_who_says_how_many_gets_so_many(big: Door) -> None:
    for first in ("1", "7", "20"):
        rows = rows_of(big.get("/api/Movies", VIEWER, params={"first": first, "format": "csv"}), "csv")
        assert len(rows) == int(first)
    fixed = token_of(Role.EMBED, grant=Grant(("Movies",), {"first": 3}, use=Use.SESSION))
    assert len(rows_of(big.get("/api/Movies", fixed, params={"format": "csv"}), "csv")) == 3
    free = token_of(Role.EMBED, grant=Grant(("Movies",), use=Use.SESSION))
    assert len(rows_of(big.get("/api/Movies", free, params={"format": "csv"}), "csv")) == 45


def test_a_file_goes_on_after_a_cursor_to_the_end(big: Door) -> None:
    page = big.get("/api/Movies", VIEWER).json()["data"]["movies"]
    after = big.get("/api/Movies", VIEWER, params={"after": page["pageInfo"]["endCursor"], "first": "100"})
    assert len(after.json()["data"]["movies"]["edges"]) == 25
    rows = rows_of(
        big.get("/api/Movies", VIEWER, params={"after": page["pageInfo"]["endCursor"], "format": "csv"}), "csv"
    )
    assert [row["sourceId"] for row in rows] == [
        edge["node"]["sourceId"] for edge in after.json()["data"]["movies"]["edges"]
    ]


@pytest.mark.usefixtures("bounded")
@pytest.mark.parametrize("kind", ["csv", "parquet", "arrow"])
def test_a_file_is_bounded_by_the_rows_of_an_answer_not_of_a_page(big: Door, kind: str) -> None:
    assert len(rows_of(big.get("/api/Movies", VIEWER, params={"format": kind}), kind)) == 45
    refused = big.get("/api/Users", VIEWER, params={"format": kind})
    assert refused.status_code == 400
    assert refused.json()["errors"] == [
        {
            "message": "Users has 72 rows, and a file holds 50 at most. Narrow it with `where`, or read it page by "
            "page as JSON, with `first` and `after`.",
            "extensions": {"code": "TOO_EXPENSIVE"},
        }
    ]
    narrow = {"where": '{"country": {"in": ["AK", "AL"]}}', "format": kind}
    assert len(rows_of(big.get("/api/Users", VIEWER, params=narrow), kind)) == 2


def test_pages_stay_as_large_as_a_page_may_be(big: Door) -> None:
    assert "allowed are 0 to 1000" in big.get("/api/Movies", VIEWER, params={"first": "1001"}).text
    assert "allowed are 0 to 1000" in big.get("/api/Movies", VIEWER, params={"first": "1001", "format": "csv"}).text


def test_countries_are_all_there(big: Door) -> None:
    assert len(big.get("/api/Countries", VIEWER).json()["data"]["countries"]) == 72
    assert len(big.ask("{ countries { country } }", VIEWER)["countries"]) == 72
    assert len(big.ask("{ countries(limit: 5) { country } }", VIEWER)["countries"]) == 5


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A folder with 24 films."""
    place = Place(tmp_path_factory.mktemp("films"))
    sizes = ("--movies", "24", "--users", "30", "--sessions", "400", "--ratings", "10", "--days", "5")
    done = place.run("ingest", "generate", *sizes, "--until", "2026-11-01")
    assert done.returncode == 0, done.stderr
    return place


def test_a_table_in_the_terminal_says_of_how_many_rows_it_shows_some(place: Place) -> None:
    lines = place.run("query", "Movies").stdout.splitlines()
    assert len(lines) == 1 + 20 + 1
    assert lines[-1] == "20 of 24 rows. More with --first, up to 1,000; all of them with --format csv."
    assert place.run("query", "Movies", "--first", "2").stdout.splitlines()[-1].startswith("2 of 24 rows.")
    whole = place.run("query", "Movies", "--first", "24").stdout.splitlines()
    assert len(whole) == 1 + 24
    assert "rows" not in whole[-1]


def test_a_value_that_nothing_has_is_told_beside_the_answer(place: Place) -> None:
    done = place.run("query", "Genres", "--where", '{"genre": {"eq": "Comedi"}}', "--format", "csv")
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    assert done.stderr == "Note: no rows have the genre 'Comedi'. Did you mean 'Comedy'?\n"
    refused = place.run("query", "Genres", "--where", '{"country": {"eq": "Germany"}}')
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "There is no country 'Germany'. Use an ISO 3166 code: DE.\n"


def test_a_csv_on_the_command_line_has_all_rows(place: Place) -> None:
    assert len(place.run("query", "Movies", "--format", "csv").stdout.splitlines()) == 1 + 24
    assert len(place.run("query", "Movies", "--format", "csv", "--first", "3").stdout.splitlines()) == 1 + 3


def test_lists_of_loads_and_of_rows_kept_aside_say_where_they_end(place: Place) -> None:
    lines = place.run("ingest", "status", "--limit", "2").stdout.splitlines()
    assert "The newest 2 loads; --limit says how many." in lines
    assert "newest" not in place.run("ingest", "status", "--limit", "50").stdout
    (place.folder / "users.csv").write_text("id,country\n" + "".join(f"{n},Nowhere\n" for n in range(5)), "utf-8")
    # All of them are kept aside.
    assert place.run("ingest", "load", "users", "users.csv").returncode == 1
    lines = place.run("ingest", "rejects", "--limit", "3").stdout.splitlines()
    assert (len(lines), lines[-1]) == (4, "3 of 5 rows. More with --limit.")
    assert len(place.run("ingest", "rejects").stdout.splitlines()) == 5


def test_checks_of_a_table_that_is_none_are_refused(big: Door) -> None:
    (error,) = big.answer("{ dataQuality(table: VIEWING) { load } }", ADMIN)["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert error["message"].startswith("Value 'VIEWING' does not exist in 'LoadedTable' enum.")


def test_a_table_that_its_own_limit_ended_says_so(place: Place) -> None:
    lines = place.run("query", "TopMovies").stdout.splitlines()
    assert len(lines) == 1 + 10 + 1
    assert lines[-1] == "The first 10 rows. More with --limit."
    assert len(place.run("query", "TopMovies", "--limit", "10").stdout.splitlines()) == 1 + 10
    assert place.run("query", "Genres").stdout.splitlines()[-1].split()[0] != "The"
