"""Tokens: what `issue` signs `verify` reads back; whatever else is shown is refused, without a hint at the secret."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from schema.roles import Role
from server.identity.principal import Grant, Principal, Use
from server.identity.token_lifetimes import parse_ttl
from server.identity.token_options import parse_scope
from server.identity.tokens import Tokens, issue
from tests.one_secret import OneSecret
from warehouse.errors import BadInput, Unauthenticated

SECRET = bytes(range(32))
FOREIGN = bytes(range(32, 64))
HOUR = timedelta(hours=1)


def claims(**changed: Any) -> dict[str, Any]:
    """The claims of a good token, some of them changed, or left out where None."""
    good = {"iss": "marquee", "aud": "marquee", "sub": "ada", "exp": datetime.now(UTC) + HOUR, "role": "viewer"}
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def verify(secret: bytes, token: str) -> Principal:
    return asyncio.run(Tokens(OneSecret(secret)).read(token))


def signed(**changed: Any) -> str:
    return jwt.encode(claims(**changed), SECRET, algorithm="HS256")


def test_subject_role_and_scope_come_back() -> None:
    asked = Principal("ada", Role.ANALYST, {"country": ("US", "CA")})
    issued = issue(SECRET, asked, HOUR)
    assert verify(SECRET, issued.token) == replace(
        asked, token_id=issued.token_id, expires_at=issued.expires_at, issuer="marquee"
    )


def test_an_embed_token_brings_back_its_operation_variables_and_origin() -> None:
    grant = Grant(("DailyTrends", "TopMovies"), {"days": 30}, "https://example.com", Use.OFTEN)
    found = verify(SECRET, issue(SECRET, Principal("embed", Role.EMBED, grant=grant), HOUR).token)
    assert found.grant == grant


def test_an_embed_token_of_before_uses_were_told_opens_frames_until_it_expires() -> None:
    embed: dict[str, object] = {"operations": ["DailyTrends"], "variables": {}, "origin": None}
    found = verify(SECRET, jwt.encode(claims(role="embed", embed=embed), SECRET, algorithm="HS256"))
    assert found.grant == Grant(("DailyTrends",), {}, None, Use.OFTEN)


def test_two_tokens_of_the_same_person_differ() -> None:
    asked = Principal("ada", Role.VIEWER)
    assert issue(SECRET, asked, HOUR) != issue(SECRET, asked, HOUR)


def test_an_expired_token_is_refused_and_says_so() -> None:
    with pytest.raises(Unauthenticated, match="has expired"):
        verify(SECRET, issue(SECRET, Principal("ada", Role.ADMIN), timedelta(seconds=-60)).token)


def test_an_unsigned_token_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        verify(SECRET, jwt.encode(claims(role="admin"), key=None, algorithm="none"))  # type: ignore[arg-type]


def test_another_algorithm_with_our_secret_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        verify(SECRET, jwt.encode(claims(), SECRET + FOREIGN, algorithm="HS512"))


def test_a_foreign_secret_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        verify(SECRET, issue(FOREIGN, Principal("ada", Role.ADMIN), HOUR).token)


def test_a_token_whose_role_was_edited_is_refused() -> None:
    header, _, signature = signed().split(".")
    _, payload, _ = jwt.encode(claims(role="admin"), FOREIGN, algorithm="HS256").split(".")
    with pytest.raises(Unauthenticated):
        verify(SECRET, f"{header}.{payload}.{signature}")


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another"},
        {"aud": None},
        {"iss": "another"},
        {"iss": None},
        {"exp": None},
        {"sub": None},
        {"role": None},
        {"role": "root"},
        {"role": ["admin"]},
        {"scope": "US"},
        {"scope": {"country": "US"}},
        {"scope": {"country": [1]}},
        {"embed": {"operations": ["DailyTrends"], "variables": {}, "origin": None}},
        {"role": "embed"},
        {"role": "embed", "embed": {"operations": ["DailyTrends"]}},
        {"role": "embed", "embed": "DailyTrends"},
        {"role": "embed", "embed": {"operations": ["Genres"], "variables": {}, "origin": None, "use": "always"}},
        {"role": "embed", "embed": {"operations": [], "variables": {}, "origin": None}},
        {"role": "embed", "embed": {"operations": ["Genres"], "variables": {}, "origin": "https://a.b; script-src *"}},
        {"role": "embed", "embed": {"operations": ["Genres"], "variables": {}, "origin": "https://a.b\r\nX-Y: 1"}},
        {"role": "embed", "embed": {"operations": ["Genres"], "variables": {}, "origin": 7}},
    ],
    ids=str,
)
def test_claims_that_are_missing_or_of_another_shape_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        verify(SECRET, signed(**changed))


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "....", "é", "\x00", "e30.e30.e30"])
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(Unauthenticated):
        verify(SECRET, text)


def test_a_refusal_shows_neither_secret_nor_token() -> None:
    token = issue(FOREIGN, Principal("ada", Role.ADMIN), HOUR).token
    with pytest.raises(Unauthenticated) as refused:
        verify(SECRET, token)
    assert SECRET.hex() not in str(refused.value)
    assert token not in str(refused.value)


def test_times_to_live_have_a_unit() -> None:
    assert [parse_ttl(text).total_seconds() for text in ("90s", "30m", "1h", "7d")] == [90, 1_800, 3_600, 604_800]
    for text in ("", "1", "h", "0s", "-1h", "1.5h", "1w", "1 h", "9999999s"):
        with pytest.raises(BadInput, match="--ttl"):
            parse_ttl(text)


def test_scopes_gather_the_values_of_a_name() -> None:
    assert parse_scope(["country=US,CA", "genre=Drama", "country=DE"]) == {
        "country": ("US", "CA", "DE"),
        "genre": ("Drama",),
    }
    for text in ("country", "country=", "=US", "country=US,", ""):
        with pytest.raises(BadInput, match="--scope"):
            parse_scope([text])


class Rotated:
    """Secrets that can be exchanged."""

    def __init__(self) -> None:
        self.held = [SECRET]

    def accepted(self, at_most_old_s: float = 0.0) -> list[bytes]:  # noqa: ARG002 - the signature is the protocol's
        return self.held


def test_a_remembered_token_ends_with_its_secret() -> None:
    secrets = Rotated()
    tokens, shown = Tokens(secrets), issue(SECRET, Principal("ada", Role.ADMIN), HOUR).token
    assert asyncio.run(tokens.read(shown)) == asyncio.run(tokens.read(shown))
    secrets.held = [FOREIGN]
    with pytest.raises(Unauthenticated, match="not signed by an accepted key"):
        asyncio.run(tokens.read(shown))


def test_a_remembered_token_ends_with_its_time() -> None:
    # Ten seconds are granted to clocks that differ.
    tokens = Tokens(OneSecret(SECRET))
    shown = signed(exp=datetime.now(UTC) - timedelta(seconds=9))
    assert asyncio.run(tokens.read(shown)).subject == "ada"
    time.sleep(2.5)
    with pytest.raises(Unauthenticated, match="has expired"):
        asyncio.run(tokens.read(shown))
