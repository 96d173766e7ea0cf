"""Enums of the API whose values are described where they are declared, here or in the warehouse."""

from collections.abc import Callable
from typing import TypeVar

import strawberry
from strawberry.types.enum import has_enum_definition

from warehouse.described_enum import DescribedEnum

Described = TypeVar("Described", bound=DescribedEnum)


def described(description: str, name: str | None = None) -> Callable[[type[Described]], type[Described]]:
    """Declares an enum to GraphQL, each value with its own sentence."""

    def declared(kind: type[Described]) -> type[Described]:
        made: object = strawberry.enum(kind, name=name, description=description)
        for value in made.__strawberry_definition__.values if has_enum_definition(made) else ():
            value.description = kind[value.name].description
        return kind

    return declared
