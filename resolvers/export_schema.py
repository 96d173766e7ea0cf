"""`python -m resolvers.export_schema` writes `schema/schema.graphql`, which clients generate types from. A test
compares it with the code.
"""

from pathlib import Path

from resolvers.root import build_schema

FILE = Path(__file__).parent.parent / "schema" / "schema.graphql"


def sdl() -> str:
    """The schema's SDL, as in the file."""
    return build_schema().as_str() + "\n"


if __name__ == "__main__":
    FILE.write_text(sdl(), encoding="utf-8")
