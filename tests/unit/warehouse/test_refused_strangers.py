"""Refusals without a valid token are summed up by address, and nothing else is."""

from tests.support.clock import Clock
from warehouse.audit import refusals
from warehouse.audit.record import AuditKind, Record
from warehouse.audit.refusals import MINUTE_S, MOST_ADDRESSES, MOST_IN_ALL, MOST_OF_ONE, RefusedStrangers


def refusal(address: str = "192.0.2.1", outcome: str = "UNAUTHENTICATED", subject: str = "") -> Record:
    """A refused request."""
    return Record(AuditKind.OPERATION, "/graphql", address, subject, outcome=outcome)


def test_a_flood_of_one_address_becomes_a_few_records_and_their_number() -> None:
    clock = Clock()
    refused = RefusedStrangers(clock)
    written = sum(not refused.sums_up(refusal()) for _ in range(12_000))
    assert written == MOST_OF_ONE
    assert refused.due() == []
    clock.now_s += MINUTE_S
    (record,) = refused.due()
    assert (record.address, record.rows, record.outcome) == ("192.0.2.1", 12_000 - MOST_OF_ONE, "UNAUTHENTICATED")
    assert refused.due() == []
    assert not refused.sums_up(refusal())


def test_few_refusals_are_records_of_their_own_and_no_sum() -> None:
    clock = Clock()
    refused = RefusedStrangers(clock)
    assert not any(refused.sums_up(refusal(f"192.0.2.{number % 7}")) for number in range(7 * MOST_OF_ONE))
    clock.now_s += MINUTE_S
    assert refused.due() == []


def test_many_addresses_are_bounded_together() -> None:
    clock = Clock()
    refused = RefusedStrangers(clock)
    addresses = [f"2001:db8::{number:x}" for number in range(3 * MOST_ADDRESSES)]
    assert sum(not refused.sums_up(refusal(address)) for address in addresses) == MOST_IN_ALL
    clock.now_s += MINUTE_S
    records = refused.due()
    assert len(records) <= MOST_ADDRESSES + 1
    assert sum(record.rows for record in records) == len(addresses) - MOST_IN_ALL
    assert records[-1].address == "several"


def test_what_somebody_with_a_token_does_is_never_summed_up() -> None:
    refused = RefusedStrangers(Clock())
    others = [refusal(outcome="FORBIDDEN", subject="ada"), refusal(outcome="OK", subject="ada"), refusal(outcome="OK")]
    assert not any(refused.sums_up(one) for _ in range(2 * MOST_OF_ONE) for one in others)


def test_a_revoked_token_and_a_foreign_page_count_as_strangers() -> None:
    refused = RefusedStrangers(Clock())
    for one in (refusal(subject="ada"), refusal(outcome="FORBIDDEN")):
        assert sum(not refused.sums_up(one) for _ in range(100)) <= MOST_OF_ONE
    (record,) = refused.due(is_last=True)
    assert record.rows == 200 - MOST_OF_ONE
    assert refusals.RefusedStrangers().due(is_last=True) == []
