"""Schema directives that show in the SDL what the policy does to a field."""

import strawberry
from graphql import GraphQLSchema
from strawberry.schema_directive import Location, StrawberrySchemaDirective

import schema.enums  # noqa: F401 - declares the enums below to GraphQL
from schema.access_policy import MASK_RULES
from schema.roles import Role
from schema.root_fields import RootField
from warehouse.access import Strategy


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="masked",
    description="How the field is masked for roles below `unless`.",
)
class Masked:
    """Applied in SQL before filters, sorts and groups."""

    strategy: Strategy = strawberry.field(description="What is shown instead.")
    unless: Role = strawberry.field(description="The lowest role that sees the value itself.")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION], name="requires", description="The lowest role that may query the field."
)
class Requires:
    """Checked before the field's resolver runs."""

    role: Role = strawberry.field(description="The lowest role; those above it may, too.")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="semanticNonNull",
    description="Null only where `errors` says why: a client that shows or throws errors never meets this null.",
)
class SemanticNonNull:
    """The directive of Relay and Apollo Kotlin."""


def semantic_non_null() -> list[object]:
    """The directive for a field that is nullable so that its refusal does not take those beside it."""
    return [SemanticNonNull()]


def masked(column: str) -> list[object]:
    """The policy's directive for a column `table.column`."""
    rule = MASK_RULES[column]
    return [Masked(strategy=rule.strategy, unless=rule.unless)]


def requires(field: RootField) -> list[object]:
    """The directive for a root field, from its record."""
    return [Requires(role=field.role)]


def describe_arguments(api: GraphQLSchema) -> None:
    """Give the arguments of directives their descriptions: Strawberry drops them."""
    for directive in api.directives:
        for declared in directive.extensions.values():
            for field in declared.fields if isinstance(declared, StrawberrySchemaDirective) else ():
                directive.args[field.name].description = field.description
