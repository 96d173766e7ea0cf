"""How fresh the data is that an asker sees."""

import strawberry


@strawberry.type(description="How fresh the data is that you may see.")
class Freshness:
    """Sent anew whenever a load changed anything of what you may see."""

    data_through: str | None = strawberry.field(
        description="The instant of the newest session that you may see, ISO 8601; null when there is none."
    )
    loaded_at: str | None = strawberry.field(
        description="The end of the last load, ISO 8601; null under a row scope: it would tell of rows outside."
    )
