"""Admission: reading a document and what its statements take beyond the estimate are charged to who asked."""

import asyncio
import gc
import math
import tracemalloc

import pytest

from schema.roles import Role
from server.answering.admission import BYTES_PER_COST, Admission
from server.answering.budget import TooManyRequests
from server.identity.principal import Principal
from tests.support.clock import Clock
from warehouse.errors import TooExpensive

ADA, BOB = (Principal(role=Role.VIEWER, subject=name, scope={}) for name in ("ada", "bob"))
# 300 fields, of which reading takes milliseconds, and which cost more than a viewer may spend at once.
TOO_MUCH = "{" + " ".join(f"a{number}: viewing {{ rows {{ views viewers }} }}" for number in range(60)) + "}"


def test_reading_a_new_document_is_charged_whatever_becomes_of_it() -> None:
    admission = Admission(clients=4, clock=Clock())
    # Of the 20,000 of a minute.
    admission.budget.spend(ADA.who, 19_500, 20_000)
    # It is read, and then estimated.
    for number in range(500 // (2 * math.ceil(len(f"{TOO_MUCH} # 000") / 100))):
        document = f"{TOO_MUCH} # {number:03}"
        admission.charge_reading(ADA, document)
        with pytest.raises(TooExpensive):
            admission.cost(ADA, document, {}, None)
    admission.budget.spend(ADA.who, math.ceil(len(TOO_MUCH) / 100), 20_000)
    with pytest.raises(TooManyRequests):
        admission.charge_reading(ADA, f"{TOO_MUCH} # a new one")
    admission.charge_reading(BOB, f"{TOO_MUCH} # a new one")
    # What is remembered, and what is short, can still be asked.
    admission.charge_reading(ADA, f"{TOO_MUCH} # 000")
    admission.charge_reading(ADA, "{ viewer { role } }")


def test_estimates_of_refused_questions_are_charged_however_their_variables_differ() -> None:
    admission = Admission(clients=4, clock=Clock())
    asked = " ".join(f"a{one}: rows(by: [MOVIE, COUNTRY], limit: $n) {{ newViewers }}" for one in range(12))
    short = f'query ($n: Int) {{ viewing(range: {{last: "P10Y"}}) {{ {asked} }} }}'
    admission.budget.spend(ADA.who, 19_990, 20_000)
    for number in range(10):
        with pytest.raises(TooExpensive):
            admission.cost(ADA, short, {"n": number}, None)
    with pytest.raises(TooManyRequests):
        admission.cost(ADA, short, {"n": 10}, None)
    with pytest.raises(TooExpensive):
        admission.cost(ADA, short, {"n": 0}, None)


def test_a_document_that_asks_nothing_costs_what_reading_it_takes() -> None:
    admission = Admission(clients=4, clock=Clock())
    asked = "{" + " ".join(f"a{number}: viewer {{ role subject }}" for number in range(60)) + "}"
    assert admission.cost(ADA, asked, {}, None) == 18
    assert admission.cost(ADA, "{ viewer { role } }", {}, None) == 0
    # Of one that is too long, no more is read than is allowed.
    assert admission.cost(ADA, "{ viewer { role } } #" + "x" * 1_000_000, {}, None) == 200


def test_requests_of_megabytes_are_not_remembered_as_they_are() -> None:
    admission = Admission(clients=4, clock=Clock())
    large = "x" * 1_000_000
    tracemalloc.start()
    try:
        for number in range(60):
            admission.cost(ADA, f"{{ viewer {{ role }} }} # {number} {large}", {}, None)
            admission.cost(ADA, "{ viewer { role } }", {"text": f"{number} {large}"}, None)
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < 5_000_000
    finally:
        tracemalloc.stop()


async def _spends(admission: Admission, clock: Clock, who: Principal, seconds: float) -> None:
    async with admission.charge(who, 100, "{ viewing { rows { views } } }", None)("viewing"):
        clock.now_s += seconds


def test_what_statements_take_beyond_the_estimate_is_charged_afterwards() -> None:
    async def story() -> None:
        clock = Clock()
        admission = Admission(clients=4, clock=clock)
        ada, bob = (Principal(role=Role.ANALYST, subject=name, scope={}) for name in ("ada", "bob"))
        for _ in range(10):  # at 100 each, of 60,000 a minute
            await _spends(admission, clock, ada, 0.05)
        # 80 seconds of a processor cost 80,000, and 60,000 are there at its end.
        await _spends(admission, clock, ada, 80)
        with pytest.raises(TooManyRequests, match=r"Try again in 20 s") as refused:
            await _spends(admission, clock, ada, 0)
        assert refused.value.retry_after_s == 20
        await _spends(admission, clock, bob, 0)
        clock.now_s += 20
        await _spends(admission, clock, ada, 0)

    asyncio.run(story())


def test_reading_a_long_body_is_charged_whatever_it_holds_and_a_short_one_is_free() -> None:
    admission = Admission(clients=4, clock=Clock())
    sender = Principal(role=Role.INGEST, subject="eve", scope={})
    for principal in (ADA, sender):
        admission.charge_body(principal, BYTES_PER_COST - 1)
        assert admission.budget.check(principal.who, 0, 20_000) == 20_000
        admission.charge_body(principal, 1_000_000)
        assert admission.budget.check(principal.who, 0, 20_000) == 20_000 - 61
    admission.budget.spend(ADA.who, 19_900, 20_000)
    with pytest.raises(TooManyRequests):
        admission.charge_body(ADA, 1_000_000)
    admission.charge_body(ADA, 500)
