"""A published operation: its document, the hash by which a server knows it, and the type of its result."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from marquee_client.model import Model

Result = TypeVar("Result", bound=Model)


@dataclass(frozen=True)
class Operation(Generic[Result]):
    """One operation. `is_query` is false for mutations and subscriptions."""

    name: str
    document: str
    sha256: str
    result: type[Result]
    is_query: bool = True

    def body(self, variables: dict[str, Any]) -> dict[str, Any]:
        """The request by its hash alone, as servers that run published documents only need it."""
        hashed = {"persistedQuery": {"version": 1, "sha256Hash": self.sha256}}
        return {"operationName": self.name, "variables": given(variables), "extensions": hashed}

    def whole_body(self, variables: dict[str, Any]) -> dict[str, Any]:
        """The request with its document, for a server that does not know the hash."""
        return {"operationName": self.name, "variables": given(variables), "query": self.document}


def given(variables: dict[str, Any]) -> dict[str, Any]:
    """The variables that were given; those left out have the operation's default."""
    return {name: value for name, value in variables.items() if value is not None}
