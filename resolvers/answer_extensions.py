"""`extensions.marquee`: what the request was estimated at, how fresh the data is, per response path the range, the
source and why rollups were passed over, and the values of filters that nothing has.
"""

from typing import Any

from strawberry.extensions import SchemaExtension

from resolvers.context import Context
from warehouse.query.known_values import nearest

_MOST_UNMATCHED = 50
_MOST_SUGGESTED = 5
_LONGEST = 100


class AnswerExtensions(SchemaExtension):
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
        if context.unmatched:
            notes |= _unmatched(context)
        return {"marquee": notes}


def _unmatched(context: Context) -> dict[str, Any]:
    """What nothing has, by path as above, of one path in the filter's order; how many values more there are."""
    found = sorted(context.unmatched, key=lambda one: one.path)
    shown = [
        {
            "path": one.path,
            "filter": one.name,
            "value": one.value if len(one.value) <= _LONGEST else f"{one.value[:_LONGEST]}…",
            # Spellings are compared here, where nothing else runs: of a few.
            "suggestion": nearest(one.known, one.value) if place < _MOST_SUGGESTED else None,
        }
        for place, one in enumerate(found[:_MOST_UNMATCHED])
    ]
    more = len(found) - len(shown)
    return {"unmatched": shown, **({"unmatchedMore": more} if more else {})}
