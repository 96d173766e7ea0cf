"""Country codes: what is asked for is what loads keep, folded alike; anything else is refused with what was meant."""

import pyarrow as pa
import pytest

from ingest.value_kinds import CountryCode
from schema.access_policy import access_of
from schema.roles import Role
from warehouse.errors import BadInput, Forbidden
from warehouse.model.countries import country_code, is_assigned, meant_country, names_of_countries


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE", "DE"),
        ("us", "US"),
        (" jp ", "JP"),
        ("Uk", "UK"),
        ("ZZ", "ZZ"),
        ("Unknown", "Unknown"),
        ("unknown", "Unknown"),
    ],
)
def test_codes_are_folded_as_loads_fold_them(text: str, code: str) -> None:
    assert country_code(text) == code
    if code != "Unknown":
        assert CountryCode().read(pa.array([text])).values.to_pylist() == [code]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Germany", "DE"),
        ("germany ", "DE"),
        ("Germny", "DE"),
        ("USA", "US"),
        ("United Kingdom", "GB"),
        ("South Korea", "KR"),
        ("Bolivia", "BO"),
        ("Turkey", "TR"),
        ("Xanadu", "DE, US, JP, ..."),
        ("", "DE, US, JP, ..."),
        ("ß", "DE, US, JP, ..."),
        ("D1", "DE, US, JP, ..."),
        ("ＤＥ", "DE, US, JP, ..."),
        ("x" * 100_000, "DE, US, JP, ..."),
    ],
    ids=lambda text: text[:20],
)
def test_what_no_load_would_keep_is_refused_with_what_it_may_mean(text: str, meant: str) -> None:
    with pytest.raises(BadInput, match="There is no country") as refused:
        country_code(text)
    assert str(refused.value).endswith(f"Use an ISO 3166 code: {meant}.")
    assert len(str(refused.value)) < 200


def test_iso_s_codes_are_there() -> None:
    assert len(names_of_countries()) == 249
    assert [code for code in ("DE", "US", "UK", "ZZ", "Unknown") if is_assigned(code)] == ["DE", "US", "Unknown"]
    assert meant_country("UK") == "GB"


def test_a_token_whose_scope_names_no_country_reaches_nothing_and_says_so() -> None:
    assert access_of("x", Role.VIEWER, {"country": ("us", "US", "Unknown")}).scope == {"country": ("US", "Unknown")}
    with pytest.raises(Forbidden, match=r"can't be evaluated\. There is no country 'Germany'\."):
        access_of("x", Role.VIEWER, {"country": ("US", "Germany")})
