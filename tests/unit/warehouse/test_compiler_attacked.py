"""Every string that can reach the compiler, in every position, travels as a value or is refused; it is never SQL."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from warehouse.access import SYSTEM, Access
from warehouse.errors import BadInput
from warehouse.query.compiler import compile_question
from warehouse.query.local_time import Grain, Range
from warehouse.query.question import AllOf, AnyOf, Condition, Group, Not, Question
from warehouse.tables.incoming_schemas import LONGEST_PATH

SPAN = Range(1_780_000_000, 1_780_086_400)
HOSTILE = (
    "' OR 1=1 --",
    "'; DROP TABLE viewing_sessions; --",
    "\\'",
    "\\",
    "{uint32_0:UInt32}",
    "{x:Identifier}",
    "%(x)s",
    "${x}",
    "`",
    '"',
    "/* */",
    "\n\r\t\0",
    "\u2028\u202e\ufeff",
    "a" * 100_000,
    "SETTINGS max_execution_time = 0",
    "FORMAT Null",
    "movies_dictionary', 'title",
)
TEXT_DIMENSIONS = ("movie", "genre", "director", "device", "quality", "country", "subscription", "age_band", "gender")


def harmless(part: Any, text: str) -> Any:
    """The same question or access with a harmless text in place of the hostile one."""
    if isinstance(part, tuple):
        return tuple(harmless(each, text) for each in part)
    if isinstance(part, dict):
        return {name: harmless(each, text) for name, each in part.items()}
    if is_dataclass(part) and not isinstance(part, type):
        return replace(part, **{each.name: harmless(getattr(part, each.name), text) for each in fields(part)})
    return "harmless" if part == text else part


def assert_travels_as_value(question: Question, text: str, access: Access = SYSTEM) -> None:
    """The SQL is the same whatever the text is, and the text is among the values."""
    statement = compile_question(question, access)
    other = compile_question(harmless(question, text), harmless(access, text))
    assert statement.sql == other.sql
    assert any(value == text or (isinstance(value, list) and text in value) for value in statement.parameters.values())


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("dimension", [name for name in TEXT_DIMENSIONS if name != "movie"])
def test_a_filters_value_is_never_sql(text: str, dimension: str) -> None:
    for where in (
        Condition(dimension, "eq", text),
        Condition(dimension, "in", (text, "US")),
        Not(AnyOf((Condition(dimension, "eq", text), AllOf((Condition(dimension, "eq", "x"),))))),
    ):
        assert_travels_as_value(Question((Group("genre"),), ("views",), SPAN, where=where), text)
    assert_travels_as_value(Question((), ("views",), SPAN, where=Condition("genre", "has", text)), text)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_films_id_that_is_none_reaches_nothing(text: str) -> None:
    question = Question((), ("views",), SPAN, where=Condition("movie", "in", (text,)))
    statement = compile_question(question, SYSTEM)
    assert statement == compile_question(harmless(question, text), SYSTEM)
    assert [] in statement.parameters.values()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_scopes_value_is_never_sql(text: str) -> None:
    access = Access("subject", "viewer", scope={"country": (text,)})
    assert_travels_as_value(Question((Group("device"),), ("views",), SPAN), text, access)


@pytest.mark.parametrize("text", HOSTILE)
def test_an_attributes_path_is_never_sql(text: str) -> None:
    path = text[:LONGEST_PATH]
    assert_travels_as_value(Question((Group("attribute", path=path),), ("views",), SPAN), path)
    where = Condition("attribute", "eq", "x", path)
    assert_travels_as_value(Question((), ("views",), SPAN, where=where), path)


def test_a_path_longer_than_any_that_is_kept_is_refused() -> None:
    with pytest.raises(BadInput, match="257 characters; allowed are 256"):
        compile_question(Question((Group("attribute", path="x" * 257),), ("views",), SPAN), SYSTEM)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_zone_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="IANA"):
        compile_question(Question((Group("time", Grain.DAY),), ("views",), SPAN, zone=text[:200]), SYSTEM)


@pytest.mark.parametrize("text", HOSTILE)
def test_an_attributes_value_is_never_sql(text: str) -> None:
    where = Condition("attribute", "eq", text, "app.version")
    assert_travels_as_value(Question((), ("views",), SPAN, where=where), text)
