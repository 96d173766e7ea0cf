"""Reads a document's operation and root fields after parsing, for the audit log, so refused documents have them too."""

from collections.abc import Iterator

from graphql import DocumentNode, FieldNode, FragmentDefinitionNode, FragmentSpreadNode, Node, OperationDefinitionNode
from strawberry.extensions import SchemaExtension

from resolvers.context import Context
from resolvers.strawberry_internals import requested_operation
from schema.chosen_operation import operation_of

MOST_FIELDS = 50


class AuditExtension(SchemaExtension):
    """Stores the operation's name and root fields in the context."""

    def on_parse(self) -> Iterator[None]:
        """Read the document, if it parses."""
        yield
        context, document = self.execution_context.context, self.execution_context.graphql_document
        if isinstance(context, Context) and document is not None:
            operation = operation_of(document, requested_operation(self.execution_context))
            if operation is not None:
                context.operation = operation.name.value if operation.name else ""
                context.fields = _root_fields(document, operation)


def _root_fields(document: DocumentNode, operation: OperationDefinitionNode) -> tuple[str, ...]:
    """The names of the root fields in order, without repeats; each fragment is visited once."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    names: dict[str, None] = {}
    waiting: list[Node] = [operation]
    while waiting and len(names) < MOST_FIELDS:
        node: Node | None = waiting.pop()
        if isinstance(node, FieldNode):
            names[node.name.value] = None
            continue
        if isinstance(node, FragmentSpreadNode):
            node = fragments.pop(node.name.value, None)
        selections = getattr(node, "selection_set", None)
        waiting.extend(reversed(selections.selections) if selections else ())
    return tuple(names)
