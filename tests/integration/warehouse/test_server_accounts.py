"""Accounts of a server: answers come by an account that only reads, under row policies that hold scopes once more."""

import re
from collections.abc import Iterator

import pyarrow as pa
import pytest

from resolvers.root import build_schema
from schema.access_policy import SCOPES
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from server.settings import Settings
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import TOKENS, Door, opened_door, token_of
from tests.integration.warehouse.modes import served_engine
from warehouse import Warehouse, open_warehouse
from warehouse.access import Access
from warehouse.engine import statement_settings
from warehouse.engine.address import parse
from warehouse.engine.allowance import Allowance, allowed
from warehouse.engine.statement_settings import PAST_SETTING, scope_setting, scope_settings
from warehouse.errors import BadInput, Forbidden, Unavailable
from warehouse.model.facts import FACTS
from warehouse.model.rollups import ROLLUPS
from warehouse.query.masked_source import MOVIES, USERS, fact_source, read, rollup_source
from warehouse.query.parameters import Parameters, literal_sql
from warehouse.server_accounts import ACCOUNTS, READER, account_statements, row_conditions

TABLES = [*(fact_source(FACTS[slug]) for slug in ("viewing", "rating")), USERS, MOVIES, *map(rollup_source, ROLLUPS)]
ASKED = "{ viewing { totals { views } } }"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """The small world behind a server with an account for loads and one that only reads."""
    accounts = ("loader:its/word", "answers:b:reads")
    with served_engine(tmp_path_factory.mktemp("accounts"), accounts) as engine:
        address = f"clickhouse://loader:its%2Fword@{engine.host}/marquee?reader=answers:b"
        with open_warehouse(address) as warehouse:
            world.load(warehouse)
            yield warehouse


@pytest.fixture(scope="module")
def door(served: Warehouse) -> Iterator[Door]:
    """HTTP's door to it."""
    with opened_door(Service(Settings(), served, build_schema(), published(), TOKENS)) as door:
        yield door


@pytest.mark.slow
@pytest.mark.parametrize("scope", [{}, {"country": ("DE",)}, {"genre": ("Drama",), "subscription": ("free", "o'x")}])
def test_answers_by_the_reading_account_say_the_scope(scope: dict[str, tuple[str, ...]], door: Door) -> None:
    """The server refuses a statement of that account which does not, or which writes."""
    token = token_of(Role.ANALYST, scope)
    total = door.ask(ASKED, token)["viewing"]["totals"]["views"]
    seen = [
        one
        for one in world.SESSIONS
        if (one.user.country or "Unknown") in scope.get("country", (one.user.country or "Unknown",))
        and (one.user.plan or "Unknown") in scope.get("subscription", (one.user.plan or "Unknown",))
        and one.film.genre in scope.get("genre", (one.film.genre,))
    ]
    assert 0 < total == len(seen)


def test_an_asker_of_the_past_is_answered(door: Door) -> None:
    """A scope applies to the past as it was, which row policies of the present can't hold."""
    document = '{ viewing(asOf: "2100-01-01") { totals { views } } }'
    token = token_of(Role.ANALYST, {"country": ("DE",)})
    assert door.ask(document, token) == door.ask(ASKED, token)


def test_what_an_asker_writes_goes_by_the_account_for_loads(served: Warehouse) -> None:
    with allowed(Allowance(5.0, 10**9)):
        served.engine.command("CREATE TABLE written (n UInt8) ENGINE = Memory")
        served.engine.insert("written", pa.table({"n": pa.array([7], pa.uint8())}))
        assert served.engine.query("SELECT n FROM written").scalar() == 7
    served.engine.command("DROP TABLE written")


@pytest.mark.parametrize(
    "scope",
    [{}, {"country": ("DE", "Unknown")}, {"subscription": ("free",)}, {"genre": ("Drama",)}, {"country": ("'x\"",)}],
    ids=str,
)
def test_row_policies_are_the_scopes(scope: dict[str, tuple[str, ...]], served: Warehouse) -> None:
    """The condition of each table, as the server would evaluate it with the settings of a statement, counts the rows
    that the scoped subquery reads; none where that refuses the table."""
    settings = scope_settings(scope, past=False)
    for source in TABLES:
        condition = re.sub(
            r"getSetting\('(\w+)'\)", lambda name: literal_sql(settings[name[1]]), row_conditions()[source.table]
        )
        found = served.engine.query(f"SELECT count() FROM {source.table} WHERE {condition}").scalar()
        parameters = Parameters()
        try:
            rows = read(source, (), Access("a", "analyst", scope=scope), parameters)
        except Forbidden:
            assert found == 0, source.table
        else:
            assert found == served.engine.query(f"SELECT count() FROM {rows}", parameters.values).scalar(), source.table


def test_every_statement_can_be_parsed_and_names_what_is_there(served: Warehouse) -> None:
    statements = account_statements("marquee", dict.fromkeys(ACCOUNTS, "it's a word"))
    for statement in statements:
        served.engine.query(f"EXPLAIN AST {statement}")
    known = {name for (name,) in served.engine.query("SHOW TABLES").rows}
    held = {match[1] for one in statements for match in [re.search(r"ON `marquee`\.(\w+) USING", one)] if match}
    assert held <= known
    assert {"viewing_sessions", "viewing_sessions_undone", "users", "users_versions", "ratings", "movies"} <= held
    assert {rollup.name for rollup in ROLLUPS} <= held


def test_the_reading_account_may_only_read() -> None:
    granted = [
        one for one in account_statements("marquee", dict.fromkeys(ACCOUNTS, "x")) if one.endswith(f"TO {READER}")
    ]
    rights = [one for one in granted if one.startswith("GRANT")]
    assert rights == [f"GRANT SELECT, dictGet ON `marquee`.* TO {READER}"]
    assert any("readonly = 2" in one for one in granted)


def test_policies_know_every_scope() -> None:
    assert set(statement_settings.SCOPES) == SCOPES
    assert set(scope_settings({}, past=True)) == {*map(scope_setting, SCOPES), PAST_SETTING}


@pytest.mark.parametrize("more", ["?writer=a:b", "?reader=", "?reader=:b", "?reader=a:b&reader=c:d", "?reader=a&x=1"])
def test_an_address_takes_one_reader(more: str) -> None:
    with pytest.raises(BadInput, match="reader=user:password"):
        parse(f"clickhouse://a:b@host/marquee{more}")


def test_no_password_is_shown() -> None:
    address = parse("clickhouse://a:secret1@host/marquee?reader=b:secret%2F2")
    assert address.reader == ("b", "secret/2")  # type: ignore[union-attr]
    assert "secret" not in f"{address} {address!r}"


def test_a_reading_account_with_a_wrong_password_is_told(served: Warehouse) -> None:
    address = str(served.engine.address).replace("loader@", "loader:its%2Fword@")
    with (
        open_warehouse(f"{address}?reader=answers:no") as other,
        allowed(Allowance(5.0, 10**9)),
        pytest.raises(Unavailable, match="Check its user and password"),
    ):
        other.engine.query("SELECT 1")
