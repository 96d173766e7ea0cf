"""Where nothing is known every dimension is null, through every door: whether nothing was sent, or the word Unknown.

In filters the word stays, for a test of null.
"""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pyarrow.parquet as pq
import pytest

from resolvers.root import build_schema
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from server.commands.answer_output import OutputFormat, written
from server.export.table import shape_of
from server.settings import Settings
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import ADMIN, ANALYST, SECRET, TOKENS, VIEWER, Door, opened_door, token_of
from tests.integration.resolvers.world import Film, Person, Review, Session, World
from tests.oracle.selections import grouped_by, of_enum
from warehouse import open_warehouse
from warehouse.access import Access, Strategy
from warehouse.query.answer import ask
from warehouse.query.local_time import Range
from warehouse.query.question import Group, Question

FILMS = (
    Film("1", "Dusk", ("Drama",), 90, date(2019, 5, 1), "A. Berg"),
    Film("2", "Dawn", (), 90, None, None),
    Film("3", "Noon", ("Unknown", "Drama"), 90, None, "Unknown"),
)
PEOPLE = (
    Person("10", "ada", "ada@example.com", "US", "premium", 20, "female"),
    Person("11", "bob", None, None, None, None, None),
    Person("12", "Unknown", None, "Unknown", "Unknown", None, "Unknown"),
)
START = datetime(2026, 3, 1, 20, tzinfo=UTC)


def session(number: int, said: str | None, version: str | None) -> Session:
    """The session of one user and film; `said` is its device and quality."""
    at = min(number, 2)
    attributes = None if version is None else [("app.version", version)]
    return Session(str(100 + number), PEOPLE[at], FILMS[at], START, 600_000, None, said, said, 1, attributes)


SESSIONS = (
    session(0, "TV", "2.1"),
    session(1, None, None),
    session(2, "Unknown", "Unknown"),
    session(3, "", ""),
)
REVIEWS = tuple(Review(str(200 + at), PEOPLE[at], FILMS[at], 400, None, START) for at in range(3))
KNOWN = {
    "genre": "Drama",
    "director": "A. Berg",
    "releaseYear": 2019,
    "device": "TV",
    "quality": "TV",
    "country": "US",
    "subscription": "premium",
    "ageBand": "18-24",
    "gender": "female",
    'attribute(path: "app.version")': "2.1",
}
TEXTS = [name for name in KNOWN if name != "releaseYear"]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    settings = Settings(warehouse=f"chdb://{tmp_path_factory.mktemp('missing') / 'warehouse'}")
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        world.load(warehouse, World(FILMS, PEOPLE, SESSIONS, REVIEWS))
        service = Service(settings, warehouse, build_schema(), published(), TOKENS, hash_key=SECRET)
        with opened_door(service) as found:
            yield found


@pytest.mark.parametrize("dimension", KNOWN)
def test_what_was_not_said_and_what_was_called_unknown_are_one_group(door: Door, dimension: str) -> None:
    document = f"{{ viewing {{ rows({grouped_by(dimension)}) {{ value: {dimension} views }} }} }}"
    expected = [{"value": KNOWN[dimension], "views": 1}, {"value": None, "views": 3}]
    assert door.ask(document, ANALYST)["viewing"]["rows"] == expected


@pytest.mark.parametrize(
    "dimension", [name for name in KNOWN if name not in ("device", "quality", 'attribute(path: "app.version")')]
)
def test_ratings_are_grouped_alike(door: Door, dimension: str) -> None:
    document = f"{{ rating {{ rows({grouped_by(dimension)}) {{ value: {dimension} ratingsCount }} }} }}"
    expected = [{"value": KNOWN[dimension], "ratingsCount": 1}, {"value": None, "ratingsCount": 2}]
    assert door.ask(document, ANALYST)["rating"]["rows"] == expected


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("dimension", [name for name in KNOWN if "(" not in name])
def test_null_comes_last_whichever_way(door: Door, dimension: str, direction: str) -> None:
    order = f"{{field: {of_enum(dimension)}, direction: {direction}}}"
    document = f"{{ viewing {{ rows({grouped_by(dimension)}, orderBy: [{order}]) {{ value: {dimension} }} }} }}"
    rows = door.ask(document, ANALYST)["viewing"]["rows"]
    assert rows == [{"value": KNOWN[dimension]}, {"value": None}]


def test_unknown_of_an_attribute(door: Door) -> None:
    document = """query ($w: ViewingFilter) { viewing(where: $w) { totals { views } } }"""
    tests = {"path": "app.version", "eq": "Unknown"}
    assert door.ask(document, ANALYST, w={"attribute": tests})["viewing"]["totals"] == {"views": 3}
    assert door.ask(document, ANALYST, w={"not": {"attribute": tests}})["viewing"]["totals"] == {"views": 1}


@pytest.mark.parametrize("dimension", [name for name in TEXTS if "(" not in name])
def test_in_filters_the_word_is_a_test_of_null_and_not_its_complement(door: Door, dimension: str) -> None:
    document = "query ($w: ViewingFilter) { viewing(where: $w) { totals { views } } }"

    def views(where: dict[str, Any]) -> int:
        found: int = door.ask(document, ANALYST, w=where)["viewing"]["totals"]["views"]
        return found

    assert views({dimension: {"eq": "Unknown"}}) == 3
    assert views({"not": {dimension: {"eq": "Unknown"}}}) == 1
    assert views({dimension: {"in": [KNOWN[dimension], "Unknown"]}}) == 4
    assert views({"not": {dimension: {"in": [KNOWN[dimension]]}}}) == 3
    # A country that can't be is refused.
    assert dimension == "country" or views({dimension: {"eq": ""}}) == 0


def test_a_list_of_genres_has_the_unknown_where_it_is_empty(door: Door) -> None:
    document = "query ($w: MovieFilter) { movies(where: $w) { edges { node { id: sourceId genre genres } } } }"
    where = {"genre": {"has": "Unknown"}}
    assert [edge["node"] for edge in door.ask(document, ANALYST, w=where)["movies"]["edges"]] == [
        {"id": "2", "genre": None, "genres": []},
        {"id": "3", "genre": None, "genres": ["Unknown", "Drama"]},
    ]
    found = door.ask(document, ANALYST, w={"not": where})["movies"]["edges"]
    assert found == [{"node": {"id": "1", "genre": "Drama", "genres": ["Drama"]}}]


def test_panels_show_null(door: Door) -> None:
    document = """{ genres { genre views averageRating } devices { device views } countries { country users views }
        topMovies { movie { title genre director } } }"""
    assert door.ask(document, VIEWER) == {
        "genres": [
            {"genre": None, "views": 3, "averageRating": 4.0},
            {"genre": "Drama", "views": 1, "averageRating": 4.0},
        ],
        "devices": [{"device": None, "views": 3}, {"device": "TV", "views": 1}],
        "countries": [{"country": None, "users": 2, "views": 3}, {"country": "US", "users": 1, "views": 1}],
        "topMovies": [
            {"movie": {"title": "Noon", "genre": None, "director": None}},
            {"movie": {"title": "Dawn", "genre": None, "director": None}},
            {"movie": {"title": "Dusk", "genre": "Drama", "director": "A. Berg"}},
        ],
    }


@pytest.mark.parametrize(("by", "known"), [("DEVICE", "TV"), ("COUNTRY", "US"), ("QUALITY", "TV")])
def test_deeper_questions_show_null(door: Door, by: str, known: str) -> None:
    document = f"{{ quality(by: {by}) {{ value views }} }}"
    assert door.ask(document, VIEWER)["quality"] == [{"value": None, "views": 3}, {"value": known, "views": 1}]


def test_lists_show_null_and_a_user_may_well_be_called_unknown(door: Door) -> None:
    document = "{ users { edges { node { username country subscription age gender } } } }"
    nobody = {"country": None, "subscription": None, "age": None, "gender": None}
    assert [edge["node"] for edge in door.ask(document, ADMIN)["users"]["edges"]] == [
        {"username": "ada", "country": "US", "subscription": "premium", "age": "20", "gender": "female"},
        {"username": "bob", **nobody},
        {"username": "Unknown", **nobody},
    ]


@pytest.mark.parametrize("field", ["COUNTRY", "SUBSCRIPTION", "AGE", "GENDER"])
@pytest.mark.parametrize(("direction", "nulls"), [("ASC", ["11", "12"]), ("DESC", ["12", "11"])])
def test_lists_are_paged_through_nulls(door: Door, field: str, direction: str, nulls: list[str]) -> None:
    document = f"""query ($after: String) {{ users(first: 1, after: $after, orderBy: {{
        field: {field}, direction: {direction}}}) {{
            pageInfo {{ endCursor }} edges {{ node {{ id: sourceId }} }} }} }}"""
    for token, known in ((ANALYST, ["10"]), (VIEWER, ["10"] if field != "GENDER" else [])):
        # Hidden from a viewer, every gender is null.
        expected = [*known, *nulls] if known else sorted([*nulls, "10"], reverse=direction == "DESC")
        ids, after = [], None
        while edges := (page := door.ask(document, token, after=after)["users"])["edges"]:
            ids += [edge["node"]["id"] for edge in edges]
            after = page["pageInfo"]["endCursor"]
        assert ids == expected


def test_what_is_hidden_is_as_good_as_missing(door: Door) -> None:
    document = "query ($w: ViewingFilter) { viewing(where: $w) { rows(by: [GENDER]) { gender } totals { views } } }"
    where = {"gender": {"eq": "Unknown"}}
    assert door.ask(document, VIEWER, w=where)["viewing"] == {"rows": [{"gender": None}], "totals": {"views": 4}}
    assert door.ask(document, VIEWER, w={"not": where})["viewing"] == {"rows": [], "totals": {"views": 0}}


@pytest.mark.parametrize("strategy", [Strategy.HASH, Strategy.PARTIAL, Strategy.NULL])
def test_a_mask_makes_nothing_of_a_missing_value(door: Door, strategy: Strategy) -> None:
    access = Access("ada", "viewer", masks={"users.country": strategy}, hash_key=SECRET)
    question = Question((Group("country"),), ("views",), Range(1_772_000_000, 1_773_000_000))
    values = [row.groups[0] for row in ask(door.service.warehouse.reader, question, access).rows]
    assert values[-1] is None
    assert len(values) == (1 if strategy is Strategy.NULL else 2)


@pytest.mark.parametrize("scope", [{"country": ("Unknown",)}, {"subscription": ("Unknown",)}, {"genre": ("Unknown",)}])
def test_a_scope_of_the_unknown_holds_both(door: Door, scope: dict[str, tuple[str, ...]]) -> None:
    token = token_of(Role.VIEWER, scope)
    assert door.ask("{ viewing { totals { views } } }", token)["viewing"]["totals"] == {"views": 3}


def test_files_leave_the_cell_empty(door: Door) -> None:
    text = door.get("/api/Devices?format=csv", VIEWER).text
    assert [row["device"] for row in csv.DictReader(io.StringIO(text))] == ["", "TV"]
    table = pq.read_table(io.BytesIO(door.get("/api/Devices?format=parquet", VIEWER).content))
    assert table["device"].to_pylist() == [None, "TV"]


def test_the_command_line_writes_the_word(door: Door) -> None:
    data = door.get("/api/Devices", VIEWER).json()["data"]
    shape = shape_of(door.service.schema.core, door.service.operations["Devices"].document)
    lines = written(shape, data, OutputFormat.TABLE, "Answer").decode().splitlines()
    assert [line.split()[0] for line in lines] == ["device", "Unknown", "TV"]
    assert written(shape, data, OutputFormat.CSV, "Answer").decode().splitlines()[1].startswith(",3,")
