"""Enums whose values each say in a sentence what they mean; it stands beside the value, and the API shows it."""

from enum import StrEnum
from typing import Self


class DescribedEnum(StrEnum):
    """Declared as `DAY = "DAY", "From midnight."`: the value, and the sentence. A member is looked up by its value."""

    _value_: str
    description: str

    def __new__(cls, value: str, description: str = "") -> Self:
        """A member: its value, and the sentence."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.description = description
        return member
