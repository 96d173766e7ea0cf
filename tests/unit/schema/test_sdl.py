"""The exported schema: it is what the code says, describes the whole model, and fits every published operation."""

from collections.abc import Mapping
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    is_specified_directive,
    parse,
    specified_scalar_types,
    validate,
)

from resolvers.export_schema import FILE, sdl
from schema.access_policy import MASK_RULES
from schema.root_fields import ROOT_FIELDS
from server.answering.published_operations import published
from warehouse.audit.record import AuditOutcome
from warehouse.errors import MarqueeError
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.facts import FACTS
from warehouse.model.measures import MEASURES, measures_of

OPERATIONS = published()


@pytest.fixture(scope="module")
def api() -> GraphQLSchema:
    """The schema as a client reads it."""
    return build_schema(FILE.read_text(encoding="utf-8"))


def camel(slug: str) -> str:
    first, *rest = slug.split("_")
    return first + "".join(part.capitalize() for part in rest)


def object_type(api: GraphQLSchema, name: str) -> GraphQLObjectType:
    found = api.type_map[name]
    assert isinstance(found, GraphQLObjectType)
    return found


def test_the_file_is_what_the_code_exports() -> None:
    assert FILE.read_text(encoding="utf-8") == sdl(), "run: python -m resolvers.export_schema"


def test_every_measure_of_sessions_is_a_field_with_the_model_s_words(api: GraphQLSchema) -> None:
    row = object_type(api, "ViewingRow").fields
    described = {camel(slug): one.description for slug, one in MEASURES.items() if one.fact == "viewing"}
    assert {name: row[name].description for name in described} == described


def test_every_dimension_of_sessions_is_a_field_with_the_model_s_words(api: GraphQLSchema) -> None:
    row = object_type(api, "ViewingRow").fields
    described = {camel(slug): DIMENSIONS[slug].description for slug in FACTS["viewing"].dimensions}
    assert {name: row[name].description for name in described} == described


def test_rows_can_be_sorted_by_every_dimension_and_measure(api: GraphQLSchema) -> None:
    sortable = api.type_map["ViewingField"]
    assert isinstance(sortable, GraphQLEnumType)
    model = {*FACTS["viewing"].dimensions, *(one.slug for one in measures_of("viewing"))}
    assert set(sortable.values) == {slug.upper() for slug in model}
    assert all(value.description for value in sortable.values.values())


def test_every_measure_is_described_wherever_it_shows(api: GraphQLSchema) -> None:
    names = {camel(slug) for slug in MEASURES}
    bare = [
        f"{type_name}.{name}"
        for type_name, found in api.type_map.items()
        if isinstance(found, GraphQLObjectType)
        for name, field in found.fields.items()
        if name in names and not field.description
    ]
    assert bare == []


def test_everything_in_the_schema_is_described(api: GraphQLSchema) -> None:
    types = [
        one for one in api.type_map.values() if not one.name.startswith("__") and one.name not in specified_scalar_types
    ]
    directives = [one for one in api.directives if not is_specified_directive(one)]
    named = {one.name: one for one in types} | {f"@{one.name}": one for one in directives}
    named |= {f"{kind.name}.{name}": one for kind in types for name, one in _parts(kind).items()}
    named |= {
        f"{owner}({name}:)": one for owner, of in tuple(named.items()) for name, one in getattr(of, "args", {}).items()
    }
    assert len(named) > 1_000
    assert [name for name, one in named.items() if not (one.description or "").strip()] == []


def _parts(kind: GraphQLNamedType) -> Mapping[str, Any]:
    """A type's fields, or an enum's values."""
    return kind.values if isinstance(kind, GraphQLEnumType) else getattr(kind, "fields", {})


def test_every_scalar_of_ours_says_where_it_is_specified(api: GraphQLSchema) -> None:
    own = [one for one in api.type_map.values() if isinstance(one, GraphQLScalarType) and one.description]
    standard = {"Boolean", "Float", "ID", "Int", "String"}
    assert [one.name for one in own if one.name not in standard and not one.specified_by_url] == []


def test_every_error_s_code_is_an_outcome_of_the_audit_log() -> None:
    kinds = [MarqueeError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    assert {kind.code for kind in kinds} <= set(AuditOutcome)


def test_what_the_policy_masks_says_so_in_the_schema(api: GraphQLSchema) -> None:
    types = {"users": "User", "ratings": "Rating"}
    expected = {}
    for column, rule in MASK_RULES.items():
        table, slug = column.split(".")
        expected[f"{types[table]}.{camel(slug)}"] = (rule.strategy.value, rule.unless.name)
    shown = {}
    for name, found in api.type_map.items():
        for field_name, field in found.fields.items() if isinstance(found, GraphQLObjectType) else ():
            for directive in (field.ast_node and field.ast_node.directives) or ():
                if directive.name.value != "masked":
                    continue
                values = {one.name.value: getattr(one.value, "value", None) for one in directive.arguments}
                shown[f"{name}.{field_name}"] = (values["strategy"], values["unless"])
    assert shown == expected


def test_every_root_field_says_which_role_it_takes(api: GraphQLSchema) -> None:
    shown = {}
    for name in ("Query", "Mutation", "Subscription"):
        fields = object_type(api, name).fields if name in api.type_map else {}
        for field_name, field in fields.items():
            for directive in (field.ast_node and field.ast_node.directives) or ():
                if directive.name.value == "requires":
                    (role,) = (getattr(one.value, "value", None) for one in directive.arguments)
                    shown[field_name] = role
    assert shown == {name: field.role.name for name, field in ROOT_FIELDS.items()}


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_published_operation_is_valid(api: GraphQLSchema, name: str) -> None:
    assert validate(api, parse(OPERATIONS[name].document)) == []
