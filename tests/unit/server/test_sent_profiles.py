"""A profile in a request is read up to bounds, because a stranger may have written it."""

import json
from typing import Any

import pytest

from ingest.problems import WrongProfile
from ingest.profiles.profile import profile_of
from server.http.sent_profiles import MOST_CHARACTERS, profile_document

LARGEST: dict[str, Any] = {
    "header": ["c"] * 1_000,
    "nulls": ["n" * 70] * 10,
    "leave_out": ["x" * 1_000],
    "map": {"y" * 1_000: "title"},
    "dates": {"release_date": ["%d" + "." * 98] * 4},
    "separators": {"genres": "s" * 100},
    "constants": {"director": "d" * 100},
    "ids": {"id": [f"column {number}" for number in range(8)]},
}
TOO_LARGE: dict[str, Any] = {
    "many columns": {"header": ["c"] * 1_001},
    "many nulls": {"nulls": ["n"] * 101},
    "a long null": {"nulls": ["n" * 101]},
    "a long name": {"leave_out": ["x" * 1_001]},
    "a long name that is renamed": {"map": {"y" * 1_001: "title"}},
    "a long text": {"delimiter": "," * 1_001},
    "many formats": {"dates": {"release_date": ["%Y"] * 5}},
    "a long format": {"dates": {"release_date": ["%" * 101]}},
    "a long separator": {"separators": {"genres": "s" * 101}},
    "a long constant": {"constants": {"director": "d" * 101}},
    "many parts of an id": {"ids": {"id": [f"column {number}" for number in range(9)]}},
}


def written(document: dict[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"))


@pytest.mark.parametrize("key", LARGEST)
def test_what_a_profile_says_within_its_bounds_is_read(key: str) -> None:
    document = {key: LARGEST[key]}
    assert profile_document(written(document)) == document
    profile_of(document)


@pytest.mark.parametrize("name", TOO_LARGE)
def test_lists_tables_and_texts_of_a_sent_profile_are_bounded(name: str) -> None:
    (key,) = TOO_LARGE[name]
    with pytest.raises(WrongProfile, match=rf"^{key} has [0-9,]+ (entries|characters) in one place, and at most"):
        profile_document(written(TOO_LARGE[name]))


def test_a_sent_profile_is_bounded_as_a_whole() -> None:
    with pytest.raises(WrongProfile, match="at most 8,000 are read"):
        profile_document(written({"nulls": ["x" * MOST_CHARACTERS]}))


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["a"] * 2, "ids names 'a' more than once for id"),
        (["a"] * 1_900, "ids names 1,900 columns for id, expected 1 to 8"),
        ([], "ids names 0 columns for id, expected 1 to 8"),
    ],
)
def test_an_id_is_made_of_few_columns_and_of_each_once(names: list[str], sentence: str) -> None:
    """Also in profiles of files: each column adds its values to every row."""
    with pytest.raises(WrongProfile, match=f"^{sentence}$"):
        profile_of({"ids": {"id": names}})
