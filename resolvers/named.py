"""A document of several operations must be asked by name: without one it would not be said which of them ran."""

from collections.abc import Iterator

from graphql import GraphQLError, OperationDefinitionNode
from strawberry.extensions import SchemaExtension


class NamedOperation(SchemaExtension):
    """Refuses what the specification calls ambiguous."""

    def on_validate(self) -> Iterator[None]:
        """Add the refusal to what validation found."""
        yield
        execution = self.execution_context
        document = execution.graphql_document
        # The public `operation_name` falls back to the first operation's: what was asked is kept here only.
        if document is None or execution._provided_operation_name is not None:
            return
        names = [
            one.name.value if one.name else "an unnamed one"
            for one in document.definitions
            if isinstance(one, OperationDefinitionNode)
        ]
        if len(names) > 1:
            sentence = f"The document has {len(names)} operations ({', '.join(names)}). Say which one: operationName."
            execution.pre_execution_errors = [*(execution.pre_execution_errors or []), GraphQLError(sentence)]
