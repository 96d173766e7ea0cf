"""The policy: which columns each role sees masked, and which scopes a token may carry."""

import re

import pytest

from schema.access_policy import MASK_RULES, access_of, masks_of
from schema.roles import Role
from schema.root_fields import ROOT_FIELDS
from warehouse.errors import Forbidden

VIEWER_MASKS = {
    "users.username": "PARTIAL",
    "users.email": "EMAIL",
    "users.age": "BAND",
    "users.gender": "NULL",
    "ratings.review_text": "NULL",
}


@pytest.mark.parametrize(
    ("role", "masks"),
    [
        (Role.VIEWER, VIEWER_MASKS),
        (Role.EMBED, VIEWER_MASKS),
        (Role.ANALYST, {"users.username": "PARTIAL", "users.email": "EMAIL"}),
        (Role.ADMIN, {}),
    ],
)
def test_each_role_has_its_masks(role: Role, masks: dict[str, str]) -> None:
    assert masks_of(role) == masks
    assert access_of("ada", role, {}).masks == masks


def test_a_role_that_only_writes_reads_nothing() -> None:
    with pytest.raises(Forbidden, match="can't query"):
        access_of("loader", Role.INGEST, {})


def test_a_scope_travels_down_as_it_is() -> None:
    access = access_of("ada", Role.ANALYST, {"country": ("US", "CA")})
    assert (access.subject, access.role, access.scope) == ("ada", "analyst", {"country": ("US", "CA")})


@pytest.mark.parametrize("scope", [{"email": ("a@example.com",)}, {"country": ()}, {"country": ("US",), "x": ("1",)}])
def test_a_scope_that_can_not_be_evaluated_denies(scope: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(Forbidden, match="scope can't be evaluated"):
        access_of("ada", Role.ADMIN, scope)


@pytest.mark.parametrize(
    ("role", "scope", "sees"),
    [
        (Role.ADMIN, {}, True),
        (Role.ADMIN, {"country": ("US",)}, False),
        (Role.ANALYST, {}, False),
        (Role.VIEWER, {}, False),
        (Role.EMBED, {}, False),
    ],
)
def test_only_unscoped_admins_see_figures_of_the_engine(
    role: Role, scope: dict[str, tuple[str, ...]], sees: bool
) -> None:
    assert access_of("ada", role, scope).sees_figures is sees


def test_an_access_can_not_be_changed_on_its_way() -> None:
    scope: dict[str, tuple[str, ...]] = {"country": ("US",)}
    access = access_of("ada", Role.VIEWER, scope)
    scope["country"] = ("US", "DE")
    assert access.scope == {"country": ("US",)}
    with pytest.raises(TypeError):
        access.masks["users.email"] = "NULL"  # type: ignore[index]


def test_what_opens_one_thing_opens_no_other() -> None:
    """An incident elsewhere: one broad grant unmasked everything. Here a column is opened by its own rule alone."""
    for role in Role:
        masks = masks_of(role)
        for column, rule in MASK_RULES.items():
            opened = (Role.VIEWER, Role.ANALYST, Role.ADMIN)
            reaches = role in opened and opened.index(role) >= opened.index(rule.unless)
            assert (column in masks) is not reaches, (role, column)
    everything = access_of("ada", Role.ANALYST, {})
    assert everything.may_read("any.path")
    assert everything.masks == {"users.username": "PARTIAL", "users.email": "EMAIL"}


def test_no_rule_names_a_whole_table() -> None:
    for column in MASK_RULES:
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", column)


def test_what_is_cached_is_for_everybody_who_reads() -> None:
    cached = [field for field in ROOT_FIELDS.values() if field.cacheable]
    assert len(cached) == 30
    assert {field.role for field in cached} == {Role.VIEWER}
    assert not ROOT_FIELDS["viewer"].cacheable
