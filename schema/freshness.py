"""How fresh the asker's data is."""

import strawberry


@strawberry.type(description="A span of time, its end excluded.")
class Span:
    """From and to, ISO 8601 in UTC."""

    from_: str = strawberry.field(name="from", description="Its start, ISO 8601.")
    to: str = strawberry.field(description="Its end, ISO 8601, excluded.")


@strawberry.type(description="How fresh the data you may see is.")
class Freshness:
    """Sent again whenever a load changes data that the asker may see."""

    data_through: str | None = strawberry.field(
        description="The start of the newest session you may see, ISO 8601; null if there is none."
    )
    loaded_at: str | None = strawberry.field(
        description="The end of the last load, ISO 8601; null with a row scope, because it would reveal other loads."
    )
    changed: Span | None = strawberry.field(
        description="When the sessions and ratings took place that were added since the event before. Answers about "
        "other ranges are the same as before, unless `extensions.marquee.paths` calls them `unbounded`. Null if "
        "anything may have changed."
    )
