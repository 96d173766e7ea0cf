"""Schema directives: what the policy does to a field, visible in the SDL."""

import strawberry
from strawberry.schema_directive import Location

import schema.enums  # noqa: F401 - declares the enums below to GraphQL
from schema.policy import MASK_RULES
from schema.roles import Role
from schema.root_fields import RootField
from warehouse.access import Strategy


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION], name="masked", description="How the field is shown to roles below `unless`."
)
class Masked:
    """Enforced in SQL, below filters, sorts and groups."""

    strategy: Strategy
    unless: Role


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION], name="requires", description="The lowest role that may ask the field."
)
class Requires:
    """Enforced before the field's resolver runs."""

    role: Role


def masked(column: str) -> list[object]:
    """The directive that the policy gives to a column `table.column`."""
    rule = MASK_RULES[column]
    return [Masked(strategy=rule.strategy, unless=rule.unless)]


def requires(field: RootField) -> list[object]:
    """The directive that a root field's record gives it."""
    return [Requires(role=field.role)]
