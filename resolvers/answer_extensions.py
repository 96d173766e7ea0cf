"""`extensions.marquee`: the estimated cost, the data's freshness, and filter values without matches; per response path
the range, the source and why rollups were not used, or how old the job's result is.
"""

from datetime import datetime
from typing import Any

from strawberry.extensions import SchemaExtension

from resolvers.context import Context
from warehouse.query.known_values import nearest
from warehouse.query.local_time import instant_text
from warehouse.spark_results.ages import Age

_MOST_UNMATCHED = 50
_MOST_SUGGESTED = 5
_LONGEST = 100


class AnswerExtensions(SchemaExtension):
    """Adds the context's notes to the response."""

    def get_results(self) -> dict[str, Any]:
        """The extension of an executed operation; empty if it did not run or costs nothing."""
        context, ran = self.execution_context.context, self.execution_context.result is not None
        if not ran or not isinstance(context, Context) or not context.cost:
            return {}
        notes: dict[str, Any] = {"cost": context.cost}
        if context.notes:
            notes |= {
                "dataThrough": context.data_through,
                "loadedAt": context.loaded_at,
                # Fields resolve concurrently. Sorting by path makes the order independent of timing.
                "paths": dict(sorted(context.notes.items())),
            }
        if context.ages:
            notes["results"] = [_age(path, age) for (path, _), age in sorted(context.ages.items())]
        if context.unmatched:
            notes |= _unmatched(context)
        return {"marquee": notes}


def _age(path: str, age: Age) -> dict[str, Any]:
    return {
        "path": path,
        "job": age.job,
        "computedAt": _whole(age.computed_at),
        "dataThrough": _whole(age.data_through),
        "isStale": age.is_stale,
    }


def _unmatched(context: Context) -> dict[str, Any]:
    """Filter values without matches, by path and then in the filter's order, and how many more there are."""
    found = sorted(context.unmatched, key=lambda one: one.path)
    shown = [
        {
            "path": one.path,
            "filter": one.name,
            "value": one.value if len(one.value) <= _LONGEST else f"{one.value[:_LONGEST]}…",
            # Only a few spellings are compared, because this blocks the event loop.
            "suggestion": nearest(one.known, one.value) if place < _MOST_SUGGESTED else None,
        }
        for place, one in enumerate(found[:_MOST_UNMATCHED])
    ]
    more = len(found) - len(shown)
    return {"unmatched": shown, **({"unmatchedMore": more} if more else {})}


def _whole(instant: datetime | None) -> str | None:
    return None if instant is None else instant_text(instant, "seconds")
