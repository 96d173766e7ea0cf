"""The audit log names each column that is masked for others and was read as it is: shown, filtered, sorted, grouped."""

from collections.abc import Iterator

import pytest

from schema.access_policy import access_of
from schema.roles import Role
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door
from tests.integration.server.audited import Watch, audited_door
from tests.integration.warehouse.modes import HASH_KEY

EMAIL, NAME, AGE, GENDER, REVIEW = "users.email", "users.username", "users.age", "users.gender", "ratings.review_text"
DEEP = 'not: {or: [{gender: {eq: "x"}}, {username: {eq: "y"}}]}'


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with audited_door(tmp_path_factory.mktemp("unmasked")) as door:
        yield door


@pytest.mark.slow
@pytest.mark.parametrize(
    ("document", "analyst", "admin"),
    [
        ("{ users { edges { node { id country subscription views } } } }", [], []),
        ("{ users { edges { node { email age } } } }", [AGE], [AGE, EMAIL]),
        ('{ users(where: {email: {eq: "x"}}) { totalCount } }', [], [EMAIL]),
        (f"{{ users(where: {{{DEEP}}}) {{ totalCount }} }}", [GENDER], [GENDER, NAME]),
        ("{ users(orderBy: {field: USERNAME}) { edges { node { id } } } }", [], [NAME]),
        ('{ user(id: "10") { username gender } }', [GENDER], [GENDER, NAME]),
        ("{ ratings { edges { node { reviewText } } } }", [REVIEW], [REVIEW]),
        ("{ viewing { rows(by: [GENDER]) { gender views } } }", [GENDER], [GENDER]),
        ('{ viewing(where: {gender: {eq: "male"}}) { rows { views } } }', [GENDER], [GENDER]),
        ("{ viewing { rows(by: [COUNTRY]) { country views } } }", [], []),
        # A band is what others see of an age: nothing is unmasked by it.
        ("{ viewing { rows(by: [AGE_BAND]) { ageBand viewers } } }", [], []),
        ('{ users(where: {ageBand: {eq: "18-24"}}) { totalCount } }', [], []),
        ("{ dashboard { views } viewer { masks { field } } }", [], []),
        # What is not selected is not read.
        ("{ users { edges { node { id email @skip(if: true) } } } }", [], []),
    ],
)  # fmt: skip
def test_what_was_unmasked_is_told_of_each_role(
    document: str, analyst: list[str], admin: list[str], door: Door
) -> None:
    watch = Watch(door.service.warehouse)
    for token in (VIEWER, ANALYST, ADMIN):
        door.ask(document, token)
    told = {record["role"]: record["unmasked"] for record in watch.records(3)}
    assert told == {"viewer": [], "analyst": analyst, "admin": admin}


def test_what_freshness_compares_nobody_has_read(door: Door) -> None:
    admin = access_of("admin", Role.ADMIN, {}, HASH_KEY)
    assert door.service.warehouse.reader.freshness(admin).rows
    assert admin.unmasked == set()
