"""Null in an argument with a default means the default: clients send null for variables that nobody set."""

from collections.abc import Callable, Mapping
from typing import Any, Optional

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.extensions import FieldExtension
from strawberry.types.base import StrawberryOptional
from strawberry.types.field import StrawberryField


class NullIsDefault(FieldExtension):
    """Makes every argument that has a default nullable, and gives its resolver the default for null."""

    def __init__(self) -> None:
        self._defaults: Mapping[str, Any] = {}

    def apply(self, field: StrawberryField) -> None:
        """Called once by Strawberry, when it builds the field."""
        self._defaults = {one.python_name: one.default for one in field.arguments if _has_default(one.default)}
        for one in field.arguments:
            if one.python_name in self._defaults and not isinstance(one.type, StrawberryOptional):
                one.type_annotation = StrawberryAnnotation(Optional[one.type_annotation.annotation])  # noqa: UP045

    def resolve(self, next_: Callable[..., Any], source: Any, info: strawberry.Info, **given: Any) -> Any:
        """Resolve with defaults for nulls."""
        return next_(source, info, **self._filled(given))

    async def resolve_async(self, next_: Callable[..., Any], source: Any, info: strawberry.Info, **given: Any) -> Any:
        """The same for a coroutine."""
        return await next_(source, info, **self._filled(given))

    def _filled(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._defaults.get(name) if value is None else value for name, value in given.items()}


def _has_default(default: Any) -> bool:
    return default is not None and default is not strawberry.UNSET and not isinstance(default, type)
