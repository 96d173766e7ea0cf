"""The users page: masked cells are masked and marked, for the roles that the policy names, and open for admins."""

import pandas as pd
import pytest

from tests.browser.conftest import Visitor
from tests.browser.recount import Service

PAGE = 20


def masked_email(email: str) -> str:
    return f"{email[0]}***@{email.partition('@')[2]}"


def band(age: float) -> str:
    if pd.isna(age):
        return ""
    bounds = ((18, "under 18"), (25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"))
    return next((name for end, name in bounds if age < end), "55+")


def expected(counted: Service, role: str) -> dict[str, dict[str, str]]:
    """The first page as a role may see it, by user and field."""
    rows = {}
    for user in counted.users.head(PAGE).itertuples():
        is_admin, is_analyst = role == "admin", role in ("admin", "analyst")
        age = "" if pd.isna(user.age) else str(int(user.age))
        rows[str(user.id)] = {
            "username": user.username if is_admin else f"{user.username[0]}***",
            "email": user.email if is_admin else masked_email(user.email),
            "age": age if is_analyst else band(user.age),
            "gender": user.gender if is_analyst else "",
            "country": user.country,
            "subscription": user.subscription,
        }
    return rows


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "masked"),
    [("viewer", {"username", "email", "age", "gender"}), ("analyst", {"username", "email"}), ("admin", set())],
)
def test_cells_are_masked_and_marked_as_the_role_requires(
    visit: Visitor, counted: Service, role: str, masked: set[str]
) -> None:
    seen = visit(role, "/users")
    seen.page.get_by_test_id("users-table").wait_for()
    shown = {
        user: {name: text for name, text in fields.items() if name not in ("views", "watchHours")}
        for user, fields in seen.texts().items()
    }
    assert shown == expected(counted, role)
    cells = seen.page.get_by_test_id("masked-cell")
    assert cells.count() == PAGE * len(masked)
    assert set(cells.evaluate_all("cells => cells.map(cell => cell.dataset.field)")) == masked


@pytest.mark.parametrize("role", ["viewer", "analyst"])
def test_no_raw_email_is_anywhere_in_the_page(visit: Visitor, counted: Service, role: str) -> None:
    seen = visit(role, "/users")
    seen.page.get_by_test_id("users-table").wait_for()
    content = seen.page.content()
    assert [email for email in counted.users["email"].head(100) if email in content] == []


def test_users_show_what_they_ever_watched(visit: Visitor, counted: Service) -> None:
    seen = visit("viewer", "/users")
    seen.page.get_by_test_id("users-table").wait_for()
    views = counted.sessions.groupby("user_id").size()
    shown = {user: fields["views"] for user, fields in seen.texts().items()}
    assert shown == {str(user): str(views.get(user, 0)) for user in counted.users["id"].head(PAGE)}
    assert seen.page.locator("[data-field=totalCount]").get_attribute("data-value") == str(len(counted.users))
