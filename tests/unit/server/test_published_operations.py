"""Published operations: variables that come as texts (query parameters, options) become values of their types."""

import pytest

from server.answering.published_operations import Operation, pick, published
from warehouse.errors import BadInput

DOCUMENT = Operation(
    "Sample",
    "query Sample { viewer { role } }",
    {"limit": "Int", "share": "Float", "deep": "Boolean", "id": "ID", "zone": "TimeZone", "where": "ViewingFilter"},
)


def test_each_text_becomes_a_value_of_its_type() -> None:
    texts = {"limit": "5", "share": "0.5", "deep": "true", "id": "7", "zone": "UTC", "where": '{"genre": {"eq": "X"}}'}
    assert DOCUMENT.variables(texts) == {
        "limit": 5,
        "share": 0.5,
        "deep": True,
        "id": "7",
        "zone": "UTC",
        "where": {"genre": {"eq": "X"}},
    }


def test_null_takes_an_input_back() -> None:
    assert DOCUMENT.variables({"where": "null"}) == {"where": None}


@pytest.mark.parametrize(
    ("name", "text"),
    [("limit", "five"), ("limit", ""), ("limit", "1.5"), ("share", "x"), ("deep", "yes"), ("where", "{broken")],
)
def test_a_text_of_another_type_is_named_with_what_was_expected(name: str, text: str) -> None:
    with pytest.raises(BadInput, match=rf"^{name} is .* expected a value of the type {DOCUMENT.kinds[name]}"):
        DOCUMENT.variables({name: text})


def test_an_unknown_variable_is_named_with_those_that_there_are() -> None:
    with pytest.raises(BadInput, match=r"Sample has no variable colour\. It has: limit, share"):
        DOCUMENT.variables({"colour": "red"})


def test_an_unknown_operation_is_named_with_those_that_there_are() -> None:
    with pytest.raises(BadInput, match=r"There is no operation Nothing\. Published: .*DailyTrends"):
        pick(published(), "Nothing")


def test_every_panel_of_the_dashboard_is_published() -> None:
    panels = {"Dashboard", "DailyTrends", "HourlyTrends", "Genres", "Devices", "Countries", "TopMovies", "Users"}
    assert panels <= set(published())


def test_variables_of_a_published_operation_are_read_off_its_document() -> None:
    assert published()["DailyTrends"].kinds == {
        "days": "Int",
        "range": "TimeRange",
        "timeZone": "TimeZone",
        "where": "ViewingFilter",
    }
