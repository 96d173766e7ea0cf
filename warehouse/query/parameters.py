"""Values of a statement: sent beside the SQL as `{name:Type}`; a literal only where ClickHouse takes no parameter."""

from typing import Any


class Parameters:
    """Collects values while a statement is composed."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def add(self, value: Any, kind: str) -> str:
        """Take a value in, and return its placeholder; an equal value of the same type is sent once."""
        for name, known in self.values.items():
            if type(known) is type(value) and known == value and name.startswith(f"{_stem(kind)}_"):
                return f"{{{name}:{kind}}}"
        name = f"{_stem(kind)}_{len(self.values)}"
        self.values[name] = value
        return f"{{{name}:{kind}}}"


def literal_sql(text: str) -> str:
    """A text as a literal: for paths of table functions, types and declarations, which take no parameter."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _stem(kind: str) -> str:
    return "".join(character for character in kind.lower() if character.isalnum())
