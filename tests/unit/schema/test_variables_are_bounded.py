"""Variables are bounded in number and depth before anything recurses into them."""

from typing import Any

import pytest

from schema.limits.variables import check_variables
from warehouse.errors import BadInput


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels - 1):
        value = {"not": value}
    return value


def test_fifty_levels_pass_and_one_more_does_not() -> None:
    check_variables(nested(50))
    with pytest.raises(BadInput, match="deeper than 50 levels"):
        check_variables(nested(51))


def test_twenty_thousand_values_pass_and_one_more_does_not() -> None:
    # The object itself and its list are values, too.
    check_variables({"a": ["x"] * 19_998})
    with pytest.raises(BadInput, match="more than 20,000 values"):
        check_variables({"a": ["x"] * 19_999})


def test_a_depth_beyond_python_s_stack_is_refused_in_a_sentence() -> None:
    with pytest.raises(BadInput, match="deeper than 50 levels"):
        check_variables(nested(100_000))
