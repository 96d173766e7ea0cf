"""Introspection, only for roles that may read the schema; `__typename` is allowed for all."""

from collections.abc import Iterator

from graphql import FieldNode, GraphQLError, Node
from strawberry.extensions import SchemaExtension

from resolvers.context import Context
from warehouse.errors import Forbidden

_SENTENCE = "Your role may not read the schema. Use a token of the role analyst or admin."
_META = frozenset({"__schema", "__type"})


class Introspection(SchemaExtension):
    """Refuses documents that read the schema anywhere."""

    def on_validate(self) -> Iterator[None]:
        """Refuse before validation, which is then skipped."""
        context, document = self.execution_context.context, self.execution_context.graphql_document
        may = isinstance(context, Context) and context.access.introspects
        if not may and document is not None and not self.execution_context.pre_execution_errors:
            node = next(_introspecting(document), None)
            if node is not None:
                self.execution_context.pre_execution_errors = [
                    GraphQLError(_SENTENCE, node, original_error=Forbidden(_SENTENCE))
                ]
        yield


def _introspecting(document: Node) -> Iterator[FieldNode]:
    """The fields that read the schema, in operations and fragment definitions, each visited once."""
    waiting: list[Node] = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, FieldNode) and node.name.value in _META:
            yield node
        waiting.extend(getattr(node, "definitions", None) or ())
        selections = getattr(node, "selection_set", None)
        waiting.extend(selections.selections if selections else ())
