"""A tombstone's key is its own: nothing that masks show and nothing that is stored beside it gives it away."""

import hashlib
import hmac

from warehouse.forgetting.tombstones import Hash

KEY, OTHER = b"a" * 32, b"b" * 32


def test_the_key_is_derived_and_not_the_one_of_masks() -> None:
    halves = Hash.under(KEY).halves
    assert halves != tuple(int.from_bytes(KEY[start : start + 8], "little") for start in (0, 8))
    derived = hmac.new(KEY, b"marquee tombstone", hashlib.sha256).digest()
    assert b"".join(half.to_bytes(8, "little") for half in halves) == derived[:16]


def test_the_check_tells_keys_apart_and_holds_nothing_of_them() -> None:
    one, other = Hash.under(KEY), Hash.under(OTHER)
    assert one.check != other.check
    assert one.check == Hash.under(KEY).check
    assert bytes.fromhex(one.check) not in b"".join(half.to_bytes(8, "little") for half in one.halves)


def test_values_travel_beside_the_statement() -> None:
    keyed = Hash.under(KEY)
    assert keyed.sql("id") == "sipHash128Keyed(({tombstone_key_0:UInt64}, {tombstone_key_1:UInt64}), id)"
    assert dict(keyed.parameters) == {"tombstone_key_0": keyed.halves[0], "tombstone_key_1": keyed.halves[1]}
