"""How fresh the asker's data is."""

import strawberry


@strawberry.type(description="How fresh the data you may see is.")
class Freshness:
    """Sent again whenever a load changes data that the asker may see."""

    data_through: str | None = strawberry.field(
        description="The start of the newest session you may see, ISO 8601; null if there is none."
    )
    loaded_at: str | None = strawberry.field(
        description="The end of the last load, ISO 8601; null with a row scope, because it would reveal other loads."
    )
