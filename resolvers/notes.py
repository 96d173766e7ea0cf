"""`extensions.marquee`: how fresh the data is, and per response path the range, the source and why rollups were passed
over.
"""

from typing import Any

from strawberry.extensions import SchemaExtension

from resolvers.context import Context


class Notes(SchemaExtension):
    """Puts the context's notes beside the answer."""

    def get_results(self) -> dict[str, Any]:
        """The extension, once the operation has run; nothing where no resolver took notes."""
        context = self.execution_context.context
        if not isinstance(context, Context) or not context.notes:
            return {}
        return {
            "marquee": {
                "dataThrough": context.data_through,
                "loadedAt": context.loaded_at,
                # Fields are resolved side by side: by path, the order tells nothing of which was quicker.
                "paths": dict(sorted(context.notes.items())),
            }
        }
