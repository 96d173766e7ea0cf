"""The policy: which columns each role sees masked, and which scopes a token may carry."""

import pytest

from schema.policy import Role, access_of, masks_of
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
    with pytest.raises(Forbidden, match="can't ask"):
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
