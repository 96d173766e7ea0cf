"""An issuer's keys: fetched rarely, still used while the issuer is down, and only those made for verification."""

import asyncio
import base64
from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from server.identity.jwks import Jwks, read_keys
from warehouse.errors import BadInput, Unauthenticated, Unavailable

EC = ec.generate_private_key(ec.SECP256R1())
ADDRESS = "https://issuer.example/keys"


def number(value: int) -> str:
    return base64.urlsafe_b64encode(value.to_bytes((value.bit_length() + 7) // 8)).rstrip(b"=").decode()


def ec_entry(kid: Any = "one", **changed: Any) -> dict[str, Any]:
    numbers = EC.public_key().public_numbers()
    x, y = (base64.urlsafe_b64encode(value.to_bytes(32)).rstrip(b"=").decode() for value in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "kid": kid, "x": x, "y": y, **changed}


@cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def rsa_entry(bits: int = 2048, **changed: Any) -> dict[str, Any]:
    numbers = rsa_key(bits).public_key().public_numbers()
    return {"kty": "RSA", "kid": "one", "n": number(numbers.n), "e": number(numbers.e), **changed}


def document(*entries: dict[str, Any]) -> bytes:
    return orjson.dumps({"keys": list(entries)})


class Answers:
    """An issuer and a clock: what it answers next, how often it was asked, and what time it is."""

    def __init__(self, *kids: str) -> None:
        self.answer: bytes | Exception = document(*map(ec_entry, kids))
        self.asked = 0
        self.now = 0.0
        self.gate = asyncio.Event()
        self.gate.set()
        self.keys = Jwks(ADDRESS, self.fetch, lambda: self.now)

    async def fetch(self, address: str) -> bytes:
        assert address == ADDRESS
        self.asked += 1
        await self.gate.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def knows(self, kid: str) -> bool:
        """Whether a key is found; Unavailable goes through."""
        try:
            await self.keys.find("ES256", kid)
        except Unauthenticated:
            return False
        return True


Scene = Callable[[Answers], Any]


def play(scene: Scene, *kids: str) -> Answers:
    """Run a scene in an event loop of its own."""

    async def run() -> Answers:
        issuer = Answers(*kids)
        await scene(issuer)
        return issuer

    return asyncio.run(run())


def test_keys_are_fetched_once_for_many_tokens() -> None:
    async def scene(issuer: Answers) -> None:
        for _ in range(100):
            assert await issuer.knows("one")

    assert play(scene, "one").asked == 1


def test_who_asks_at_once_waits_for_one_fetch() -> None:
    async def scene(issuer: Answers) -> None:
        issuer.gate.clear()
        asking = [asyncio.create_task(issuer.knows("one")) for _ in range(50)]
        await asyncio.sleep(0)
        issuer.gate.set()
        assert all(await asyncio.gather(*asking))

    assert play(scene, "one").asked == 1


def test_a_request_that_goes_away_does_not_end_the_fetch_of_others() -> None:
    async def scene(issuer: Answers) -> None:
        issuer.gate.clear()
        leaving, staying = (asyncio.create_task(issuer.knows("one")) for _ in range(2))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.sleep(0)
        issuer.gate.set()
        assert await staying

    assert play(scene, "one").asked == 1


def test_a_rotated_key_is_found_by_its_id() -> None:
    async def scene(issuer: Answers) -> None:
        assert await issuer.knows("one")
        issuer.answer = document(ec_entry("two"))
        issuer.now = 10.0
        assert await issuer.knows("two")
        assert not await issuer.knows("one")

    assert play(scene, "one").asked == 2


def test_a_flood_of_foreign_ids_asks_the_issuer_once_in_ten_seconds() -> None:
    async def scene(issuer: Answers) -> None:
        for second in range(30):
            issuer.now = float(second)
            for _ in range(20):
                assert not await issuer.knows(f"foreign-{second}")

    assert play(scene, "one").asked == 3


def test_a_key_that_the_issuer_withdrew_counts_five_minutes_at_most() -> None:
    async def scene(issuer: Answers) -> None:
        assert await issuer.knows("one")
        issuer.answer = document(ec_entry("two"))
        issuer.now = 299.0
        assert await issuer.knows("one")
        issuer.now = 300.0
        assert not await issuer.knows("one")

    assert play(scene, "one").asked == 2


@pytest.mark.parametrize(
    "failure", [OSError("down"), TimeoutError(), ValueError("status 500"), b"", b"<html>", b'{"keys": []}'], ids=repr
)
def test_known_keys_go_on_being_used_while_the_issuer_is_down(failure: Any) -> None:
    async def scene(issuer: Answers) -> None:
        assert await issuer.knows("one")
        issuer.answer = failure
        for hour in range(1, 4):
            issuer.now = hour * 3600.0
            assert await issuer.knows("one")
        with pytest.raises(Unavailable, match="does not answer"):
            await issuer.keys.find("ES256", "two")

    play(scene, "one")


def test_nobody_waits_for_an_issuer_that_hangs_once_it_has_failed() -> None:
    async def scene(issuer: Answers) -> None:
        assert await issuer.knows("one")
        issuer.answer = OSError("down")
        issuer.now = 300.0
        assert await issuer.knows("one")
        issuer.gate.clear()
        issuer.now = 600.0
        assert await asyncio.wait_for(issuer.knows("one"), 1.0)
        issuer.gate.set()

    assert play(scene, "one").asked == 3


def test_without_any_key_the_answer_is_that_the_issuer_is_away() -> None:
    async def scene(issuer: Answers) -> None:
        issuer.answer = OSError("down")
        for _ in range(5):
            with pytest.raises(Unavailable, match="does not answer"):
                await issuer.keys.find("ES256", "one")
        issuer.answer = document(ec_entry("one"))
        issuer.now = 10.0
        assert await issuer.knows("one")

    assert play(scene).asked == 2


def test_an_id_goes_with_its_algorithm() -> None:
    keys = read_keys(document(ec_entry(), rsa_entry()))
    assert set(keys) == {("ES256", "one"), ("RS256", "one")}
    assert keys["ES256", "one"] == EC.public_key()


@pytest.mark.parametrize(
    "entry",
    [
        {"kty": "oct", "kid": "one", "k": "c2VjcmV0", "alg": "HS256"},
        ec_entry(use="enc"),
        ec_entry(alg="ES384"),
        ec_entry(alg="HS256"),
        ec_entry(crv="P-384"),
        ec_entry(crv=["P-256"]),
        ec_entry(key_ops=["sign"]),
        ec_entry(key_ops=7),
        ec_entry(kid=7),
        ec_entry(x="AAAA"),
        ec_entry(x=7),
        ec_entry(d=number(EC.private_numbers().private_value)),
        {key: value for key, value in ec_entry().items() if key != "kid"},
        rsa_entry(alg="RS512"),
        rsa_entry(n="", e=""),
        rsa_entry(bits=1024),
        {},
    ],
    # Values of keys differ from run to run; the names of tests may not.
    ids=[
        *("symmetric", "to encrypt", "ES384", "HS256", "another curve", "a list of curves", "to sign", "no operations"),
        *("a number as id", "off the curve", "a number as point", "private", "without id", "RS512", "empty"),
        *("too short", "nothing"),
    ],
)
def test_a_key_that_is_not_made_to_check_tokens_is_passed_over(entry: dict[str, Any]) -> None:
    assert set(read_keys(document(entry, ec_entry("good")))) == {("ES256", "good")}
    with pytest.raises(ValueError, match="no key"):
        read_keys(document(entry))


@pytest.mark.parametrize("text", [b"", b"[]", b"null", b'{"keys": {}}', b'{"keys": [1, "x", null]}', b"[" * 10_000])
def test_what_is_no_key_set_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_keys(text)


@pytest.mark.parametrize(
    "address",
    [
        "http://issuer.example/keys",
        "http://127.0.0.1.example/keys",
        "file:///etc/passwd",
        "issuer",
        "https://",
        "http://[::1",
    ],
)
def test_an_address_that_others_could_answer_is_refused(address: str) -> None:
    with pytest.raises(BadInput, match="MARQUEE_JWKS_URL"):
        Jwks(address)


@pytest.mark.parametrize(
    "address", ["https://i.example", "http://127.0.0.1:9/k", "http://[::1]:9/k", "http://localhost/k"]
)
def test_https_and_this_machine_are_taken(address: str) -> None:
    assert Jwks(address).address == address
