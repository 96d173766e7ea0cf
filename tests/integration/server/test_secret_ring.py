"""Rotation: a new secret signs at once, former ones count until their instant, and running processes notice."""

import asyncio
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schema.roles import Role
from server.identity.principal import Principal
from server.identity.secret import read_secret
from server.identity.secret_ring import SecretRing
from server.identity.tokens import Tokens
from warehouse.errors import Unauthenticated, Unavailable

HOUR = timedelta(hours=1)
ADA = Principal("ada", Role.VIEWER)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the secrets are."""
    return tmp_path / "secret"


def counts(tokens: Tokens, token: str) -> bool:
    try:
        asyncio.run(tokens.read(token))
    except Unauthenticated:
        return False
    return True


def test_a_file_of_one_secret_is_read_as_it_always_was(path: Path) -> None:
    made = read_secret(path)
    assert SecretRing(path).accepted() == [made]


def test_after_a_rotation_new_and_former_tokens_count_for_the_grace(path: Path) -> None:
    serving, commanding = Tokens(SecretRing(path)), SecretRing(path)
    before = serving.issue(ADA, HOUR).token
    commanding.rotate(HOUR)
    after = serving.issue(ADA, HOUR).token
    assert counts(serving, before)
    assert counts(serving, after)
    assert len(serving.secrets.accepted()) == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_without_grace_nothing_that_was_signed_before_counts(path: Path) -> None:
    serving, commanding = Tokens(SecretRing(path)), SecretRing(path)
    first = serving.issue(ADA, HOUR).token
    commanding.rotate(HOUR)
    second = serving.issue(ADA, HOUR).token
    commanding.rotate(timedelta(0))
    assert [counts(serving, token) for token in (first, second)] == [False, False]
    assert len(serving.secrets.accepted()) == 1
    assert path.read_text(encoding="ascii").count("\n") == 0


def test_a_second_rotation_shortens_a_grace_and_never_lengthens_it(path: Path) -> None:
    ring = SecretRing(path)
    ring.accepted()
    for grace in (HOUR, timedelta(days=30), timedelta(minutes=10)):
        ring.rotate(grace)
    ends = [datetime.fromisoformat(line.split(" ")[1]) for line in path.read_text(encoding="ascii").split("\n")[1:]]
    assert len(ends) == 3
    assert max(ends) <= datetime.now(UTC) + timedelta(minutes=10)


def test_a_former_secret_ends_at_its_instant_without_a_rewrite(path: Path) -> None:
    ring = SecretRing(path)
    (first,) = ring.accepted()
    ended = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    path.write_text(f"{'ab' * 32}\n{first.hex()} {ended}\n", encoding="ascii")
    assert ring.accepted() == [bytes.fromhex("ab" * 32)]


def test_a_running_process_refuses_a_file_that_others_can_read_by_now(path: Path) -> None:
    ring = SecretRing(path)
    ring.accepted()
    path.chmod(0o644)
    with pytest.raises(Unavailable, match="chmod 600"):
        ring.accepted()
    path.chmod(0o600)
    assert ring.accepted()


def test_a_removed_file_is_made_anew_which_ends_all_tokens(path: Path) -> None:
    tokens = Tokens(SecretRing(path))
    before = tokens.issue(ADA, HOUR).token
    path.unlink()
    assert not counts(tokens, before)
    assert counts(tokens, tokens.issue(ADA, HOUR).token)


def test_a_file_behind_a_link_is_replaced_where_it_is(path: Path) -> None:
    link = path.with_name("link")
    read_secret(path)
    link.symlink_to(path)
    SecretRing(link).rotate(HOUR)
    assert link.is_symlink()
    assert SecretRing(path).accepted() == SecretRing(link).accepted()


@pytest.mark.parametrize("line", ["{hex}", "{hex} soon", "{hex} 2026-01-01T00:00:00", "{hex} ", "x 2026-01-01", ""])
def test_a_former_secret_without_an_end_is_refused_and_not_shown(path: Path, line: str) -> None:
    secret = "ab" * 32
    path.write_text(f"{secret}\n{line.format(hex=secret)}\n{secret} 2999-01-01T00:00:00+00:00", encoding="ascii")
    path.chmod(0o600)
    with pytest.raises(Unavailable) as refused:
        SecretRing(path).accepted()
    assert secret not in str(refused.value)
