"""How fresh the asker's data is."""

import strawberry

from schema.scalars import DateTime


@strawberry.type(description="A span of time, its end excluded.")
class Span:
    """From and to, in UTC."""

    from_: DateTime = strawberry.field(name="from", description="Its start.")
    to: DateTime = strawberry.field(description="Its end, excluded.")


@strawberry.type(description="How fresh the data you may see is.")
class Freshness:
    """Sent again whenever a load changes data that the asker may see."""

    data_through: DateTime | None = strawberry.field(
        description="The start of the newest session you may see; null if there is none."
    )
    loaded_at: DateTime | None = strawberry.field(
        description="The end of the last load; null with a row scope, because it would reveal other loads."
    )
    changed: Span | None = strawberry.field(
        description="When the sessions and ratings took place that were added since the event before. Answers about "
        "other ranges are the same as before, unless `extensions.marquee.paths` calls them `unbounded`. Null if "
        "anything may have changed."
    )
