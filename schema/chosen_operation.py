"""Selects the operation of a document to run."""

from graphql import DocumentNode, OperationDefinitionNode


def operations_of(document: DocumentNode) -> list[OperationDefinitionNode]:
    """All operations of a document, in order."""
    return [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]


def operation_of(document: DocumentNode, name: str | None = None) -> OperationDefinitionNode | None:
    """The operation to run: the one with the name, or the only one if no name is given. None if there is no such
    operation, or several without a name; such requests are refused.
    """
    found = operations_of(document)
    named = [one for one in found if name is None or (one.name and one.name.value == name)]
    return named[0] if len(named) == 1 else None
