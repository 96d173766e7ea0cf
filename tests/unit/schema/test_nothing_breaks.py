"""The schema keeps what it was released with: a change that breaks clients is named here before anybody meets it."""

import pytest
from graphql import GraphQLObjectType, NoDeprecatedCustomRule, build_schema, parse, validate

from resolvers.export_schema import sdl
from resolvers.schema_changes import RELEASED, breaking_changes
from server.answering.published_operations import published

BASE = """
enum Grain { DAY WEEK }
input Where { country: String }
type Row { views: Int! viewers: Int @deprecated(reason: "Use `people`.") }
type Query { rows(where: Where, grain: Grain = DAY): [Row!] }
"""


def test_nothing_of_the_released_schema_is_broken() -> None:
    broken = breaking_changes(RELEASED.read_text(encoding="utf-8"), sdl())
    assert broken == [], (
        "Keep what was released beside the new, with @deprecated saying what to use. At a release that may break: "
        "name each change in CHANGELOG.md, then python -m resolvers.schema_changes"
    )


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("views: Int! ", "", "Field Row.views was removed."),
        ("views: Int!", "views: Int", "Field Row.views changed type from Int! to Int."),
        ("DAY WEEK", "DAY", "Enum value Grain.WEEK was removed."),
        ("country: String", "country: String!", "Field Where.country changed type from String to String!."),
        ("where: Where, ", "", "Argument Query.rows(where:) was removed."),
        ("(where: Where,", "(of: Int!, where: Where,", "A required argument Query.rows(of:) was added."),
    ],
)
def test_what_stops_working_is_named(before: str, after: str, said: str) -> None:
    changed = BASE.replace(before, after)
    assert changed != BASE
    assert breaking_changes(BASE, changed) == [said]


def test_what_is_added_breaks_nothing() -> None:
    more = BASE.replace("views: Int!", "views: Int! people: Int").replace("DAY WEEK", "DAY WEEK MONTH")
    assert breaking_changes(BASE, more) == []


def test_a_deprecated_field_says_which_there_is_instead() -> None:
    kinds = [one for one in build_schema(sdl()).type_map.values() if isinstance(one, GraphQLObjectType)]
    found = {}
    for kind in kinds:
        for name, field in kind.fields.items():
            if field.deprecation_reason:
                use = field.deprecation_reason.removeprefix("Use `").removesuffix("`.")
                assert use in kind.fields, f"{kind.name}.{name}"
                found[f"{kind.name}.{name}"] = use
    assert found["Dashboard.totalViews"] == "views"


def test_published_operations_select_nothing_deprecated() -> None:
    schema = build_schema(sdl())
    for operation in published().values():
        assert validate(schema, parse(operation.document), [NoDeprecatedCustomRule]) == []
