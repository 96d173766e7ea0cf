"""Addresses in both forms, and ClickHouse's errors by their number."""

from pathlib import Path

import pytest

from warehouse.engine.address import Embedded, Server, parse
from warehouse.engine.engine_errors import from_engine
from warehouse.errors import BadInput, EngineFault, Overloaded, StatementTimeout, TooExpensive, Unavailable


def test_a_relative_folder_is_under_the_base_and_an_absolute_one_is_not() -> None:
    assert parse("chdb://data/here", Path("/base")) == Embedded(Path("/base/data/here"))
    assert parse("chdb:///data/here", Path("/base")) == Embedded(Path("/data/here"))


@pytest.mark.parametrize("text", ["chdb://what?/here", "chdb:///data/here?config-file=x"])
def test_a_folder_that_the_engine_would_read_as_options_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"names the folder .*\?"):
        parse(text, Path("/base"))


def test_a_server_address_has_defaults_and_keeps_its_password_to_itself() -> None:
    server = parse("clickhouse://ana:p%40ss@example.com")
    assert server == Server("example.com", 8123, "ana", "p@ss", "marquee", tls=False)
    assert "p@ss" not in str(server)
    assert parse("clickhouses://h:9440/db") == Server("h", 9440, "default", "", "db", tls=True)


@pytest.mark.parametrize("text", ["", "postgres://x", "chdb://", "clickhouse://", "clickhouse://h:port", "nonsense"])
def test_other_addresses_are_refused_without_repeating_what_may_be_a_password(text: str) -> None:
    with pytest.raises(BadInput, match="Allowed: chdb://"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "clickhouse://u:s3cret/x@h/db",
        "clickhouse://u:s3cret#x@h/db",
        "clickhouse://u:s3cret?x@h/db",
        "clickhouse://u:s3cret@h:0x50/db",
        "clickhouse://[s3cret",
    ],
)
def test_a_password_with_signs_of_an_address_is_not_repeated(text: str) -> None:
    with pytest.raises(BadInput, match="in a password") as told:
        parse(text)
    assert "s3cret" not in str(told.value)
    assert told.value.__suppress_context__


@pytest.mark.parametrize("name", ["system", "INFORMATION_SCHEMA", "a.b", "a%60b", "a/b", "a%5Cb", "a%00b", "a%0Ab"])
def test_a_database_that_can_hold_no_warehouse_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match=r"MARQUEE_WAREHOUSE names .* Name another\."):
        parse(f"clickhouse://h/{name}")


@pytest.mark.parametrize(("name", "known"), [("a-b", "a-b"), ("it's", "it's"), ("%C3%A4%20b", "ä b")])
def test_other_names_of_databases_are_taken(name: str, known: str) -> None:
    found = parse(f"clickhouse://h/{name}")
    assert isinstance(found, Server)
    assert found.database == known


@pytest.mark.parametrize(
    ("code", "kind"),
    [(159, StatementTimeout), (241, TooExpensive), (202, Overloaded), (243, Unavailable), (47, EngineFault)],
)
def test_the_engines_errors_are_known_by_number(code: int, kind: type[Exception]) -> None:
    error = from_engine(code, "whatever the text says")
    assert type(error) is kind
    assert "whatever" not in str(error)
