"""What a change of the schema breaks for clients, compared with the last released one, which the repository keeps.

`python -m resolvers.schema_changes` keeps the present schema as the released one; it is run at a release.
"""

from graphql import build_schema
from graphql.utilities import find_breaking_changes

from resolvers.export_schema import FILE, sdl

RELEASED = FILE.with_name("released.graphql")


def breaking_changes(released: str, present: str) -> list[str]:
    """Sentences that say what stops working for a client of the released schema; sorted."""
    return sorted(one.description for one in find_breaking_changes(build_schema(released), build_schema(present)))


if __name__ == "__main__":
    RELEASED.write_text(sdl(), encoding="utf-8")
