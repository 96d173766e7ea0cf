"""`extensions.marquee`: what the request was estimated at, how fresh the data is, and per response path the range, the
source and why rollups were passed over.
"""

from typing import Any

from strawberry.extensions import SchemaExtension

from resolvers.context import Context


class Notes(SchemaExtension):
    """Puts the context's notes beside the answer."""

    def get_results(self) -> dict[str, Any]:
        """The extension, once the operation has run; nothing for what did not run, or costs nothing."""
        context, ran = self.execution_context.context, self.execution_context.result is not None
        if not ran or not isinstance(context, Context) or not context.cost:
            return {}
        notes: dict[str, Any] = {"cost": context.cost}
        if context.notes:
            notes |= {
                "dataThrough": context.data_through,
                "loadedAt": context.loaded_at,
                # Fields are resolved side by side: by path, the order tells nothing of which was quicker.
                "paths": dict(sorted(context.notes.items())),
            }
        return {"marquee": notes}
