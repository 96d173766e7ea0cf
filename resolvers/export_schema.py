"""`python -m resolvers.export` writes `schema/schema.graphql`, from which clients are typed; a test holds it against
the code.
"""

from pathlib import Path

from resolvers.root import build_schema

FILE = Path(__file__).parent.parent / "schema" / "schema.graphql"


def sdl() -> str:
    """The schema's SDL, as the file has it."""
    return build_schema().as_str() + "\n"


if __name__ == "__main__":
    FILE.write_text(sdl(), encoding="utf-8")
