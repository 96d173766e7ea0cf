"""How tokens end: all of a subject at once, within an admin's scope, and not later than the policy says."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import anyio
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from resolvers.root import build_schema
from schema.access_policy import LONGEST_ISSUED, access_of
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from server.identity.claims import ClaimNames
from server.identity.principal import Principal
from server.identity.token_service import MOST_ID, LocalTokenService
from server.identity.tokens import Issuer, Tokens, issue
from server.settings import Settings
from tests.integration.resolvers.conftest import ADMIN, SECRET, TOKENS, VIEWER, Door, opened_door, token_of
from tests.integration.server.issuer import AUDIENCE, NAME
from tests.integration.server.issuer import Issuer as Signer
from tests.integration.server.test_token_mutations import REVOKE, refused
from warehouse import open_warehouse
from warehouse.errors import BadInput, Forbidden, Unauthenticated

pytestmark = pytest.mark.slow

US_ADMIN = token_of(Role.ADMIN, {"country": ("US",)})
LATER = timedelta(seconds=5)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A service of its own: tests end tokens of its subjects."""
    settings = Settings(warehouse=f"chdb://{tmp_path_factory.mktemp('ends')}/warehouse")
    with (
        open_warehouse(settings.warehouse, settings.limits) as warehouse,
        opened_door(Service(settings, warehouse, build_schema(), published(), TOKENS)) as opened,
    ):
        yield opened


def token_service(door: Door) -> LocalTokenService:
    """What the command line ends tokens with."""
    service = door.service
    return LocalTokenService(service.tokens, {}, service.warehouse.revocations, lambda: service.schema.core)


def status(door: Door, token: str) -> int:
    return door.get("/api/Viewer", token).status_code


def test_ending_a_subject_ends_all_its_tokens_and_no_later_one(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (token_of(role, subject="ada") for role in (Role.VIEWER, Role.ANALYST))
    other = token_of(Role.VIEWER, subject="ada lovelace")
    assert [status(door, token) for token in (first, second, other)] == [200, 200, 200]
    anyio.run(token_service(door).revoke_subject, access_of("cli", Role.ADMIN, {}), "ada")
    assert [status(door, token) for token in (first, second, other)] == [401, 401, 200]

    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            del tz
            return datetime.now(UTC) + LATER

    monkeypatch.setattr("server.identity.tokens.datetime", Tomorrow)
    assert status(door, issue(SECRET, Principal("ada", Role.VIEWER), timedelta(hours=1)).token) == 200
    door.service.warehouse.revocations.read()
    monkeypatch.undo()
    assert [status(door, token) for token in (first, other)] == [401, 200]


@pytest.mark.parametrize("subject", ["", "x" * (MOST_ID + 1), "a\nb"])
def test_a_subject_that_can_be_none_is_refused(door: Door, subject: str) -> None:
    with pytest.raises(BadInput):
        anyio.run(token_service(door).revoke_subject, access_of("cli", Role.ADMIN, {}), subject)


def test_a_scoped_admin_ends_only_tokens_within_the_scope(door: Door) -> None:
    for token in (
        VIEWER,
        ADMIN,
        token_of(Role.VIEWER, {"country": ("US", "DE")}),
        token_of(Role.VIEWER, {"genre": ("Drama",)}),
    ):
        assert refused(door, REVOKE, US_ADMIN, input={"token": token})[0] == "FORBIDDEN"
        assert status(door, token) == 200
    assert refused(door, REVOKE, US_ADMIN, input={"id": "any"})[0] == "FORBIDDEN"
    within = token_of(Role.VIEWER, {"country": ("US",), "genre": ("Drama",)})
    door.ask(REVOKE, US_ADMIN, input={"token": within})
    assert status(door, within) == 401
    with pytest.raises(Forbidden):
        anyio.run(token_service(door).revoke_subject, access_of("us", Role.ADMIN, {"country": ("US",)}), "ada")


@pytest.mark.parametrize("identity", ["x" * (MOST_ID + 1), "a\nb"])
def test_an_id_that_can_be_none_is_refused_and_not_stored(door: Door, identity: str) -> None:
    assert refused(door, REVOKE, ADMIN, input={"id": identity})[0] == "BAD_INPUT"
    assert identity not in door.service.warehouse.revocations


def test_a_token_of_an_issuer_that_lasts_too_long_is_refused() -> None:
    signer = Signer()
    key = signer.add("k", ec.generate_private_key(ec.SECP256R1()))

    class Keys:
        async def find(self, algorithm: str, kid: str) -> object:
            assert (algorithm, kid) == ("ES256", "k")
            return key.public_key()

    tokens = Tokens(TOKENS.secrets, Issuer(NAME, AUDIENCE, ClaimNames("role"), Keys()))  # type: ignore[arg-type]
    now = datetime.now(UTC)
    assert anyio.run(tokens.read, signer.sign("k", exp=now + LONGEST_ISSUED - LATER)).subject == "ada"
    with pytest.raises(Unauthenticated, match="31 days"):
        anyio.run(tokens.read, signer.sign("k", exp=now + LONGEST_ISSUED + LATER))


def test_readiness_has_a_client_of_its_own(door: Door) -> None:
    """However many clients long questions hold."""
    engine = door.service.warehouse.engine
    with ExitStack() as stack:
        for _ in range(engine.limits.clients):
            numbers = engine.stream("SELECT number FROM system.numbers LIMIT 100000000")
            stack.callback(numbers.close)  # type: ignore[attr-defined]
            next(numbers)
        assert door.get("/readyz").status_code == 200


def test_replies_say_what_pages_may_not_do(door: Door) -> None:
    for path in ("/healthz", "/", "/api/Viewer"):
        headers = door.get(path, VIEWER).headers
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "geolocation=()" in headers["permissions-policy"]


def test_a_token_without_the_time_of_its_issue_ends_with_its_subject(door: Door) -> None:
    callers = door.service.callers
    anyio.run(token_service(door).revoke_subject, access_of("cli", Role.ADMIN, {}), "eve")
    assert callers.is_ended(Principal("eve", Role.VIEWER, issuer="marquee"))
    assert not callers.is_ended(replace(Principal("eve", Role.VIEWER), issuer="https://other.example"))
