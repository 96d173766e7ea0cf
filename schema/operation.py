"""Which operation of a document runs."""

from graphql import DocumentNode, OperationDefinitionNode


def operations_of(document: DocumentNode) -> list[OperationDefinitionNode]:
    """All operations of a document, in its order."""
    return [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]


def operation_of(document: DocumentNode, name: str | None = None) -> OperationDefinitionNode | None:
    """The operation that runs: the one of the name, or without a name the only one. None where that leaves none, or
    several: such a request is refused.
    """
    found = operations_of(document)
    named = [one for one in found if name is None or (one.name and one.name.value == name)]
    return named[0] if len(named) == 1 else None
