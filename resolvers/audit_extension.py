"""What a document asks for, read off it once it is parsed: for the audit log, which has it also when it is refused."""

from collections.abc import Iterator

from graphql import DocumentNode, FieldNode, FragmentDefinitionNode, FragmentSpreadNode, Node, OperationDefinitionNode
from strawberry.extensions import SchemaExtension

from resolvers.context import Context
from resolvers.strawberry_internals import requested_operation
from schema.operation import operation_of

MOST_FIELDS = 50


class AuditExtension(SchemaExtension):
    """Leaves the operation's name and its root fields in the context."""

    def on_parse(self) -> Iterator[None]:
        """Read the document, if it is one."""
        yield
        context, document = self.execution_context.context, self.execution_context.graphql_document
        if isinstance(context, Context) and document is not None:
            operation = operation_of(document, requested_operation(self.execution_context))
            if operation is not None:
                context.operation = operation.name.value if operation.name else ""
                context.fields = _root_fields(document, operation)


def _root_fields(document: DocumentNode, operation: OperationDefinitionNode) -> tuple[str, ...]:
    """The names of the fields at the root, in their order, each once; every fragment is looked into once."""
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
