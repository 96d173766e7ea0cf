"""Requires `operationName` for a document with several operations, as it is ambiguous without one."""

from collections.abc import Iterator

from graphql import GraphQLError
from strawberry.extensions import SchemaExtension

from resolvers.strawberry_internals import requested_operation
from schema.chosen_operation import operations_of
from warehouse.errors import BadInput


class NamedOperation(SchemaExtension):
    """Refuses a document with several operations if the request names none."""

    def on_validate(self) -> Iterator[None]:
        """Refuse before validation, which is then skipped."""
        sentence = self._refusal()
        if sentence:
            refused = GraphQLError(sentence, original_error=BadInput(sentence))
            self.execution_context.pre_execution_errors = [refused]
        yield

    def _refusal(self) -> str | None:
        execution = self.execution_context
        if execution.graphql_document is None or requested_operation(execution) is not None:
            return None
        operations = operations_of(execution.graphql_document)
        if len(operations) < 2:
            return None
        names = ", ".join(one.name.value if one.name else "an unnamed one" for one in operations)
        return f"The document has {len(operations)} operations ({names}). Choose one with operationName."
