"""What the shell completes on the command line: names of operations, questions, options and values."""

import re

from server.client_files import OPERATIONS

_QUESTIONS = ("viewing", "rating")
_IS_QUERY = re.compile(r"^query\b", re.MULTILINE)


def complete_operation(incomplete: str) -> list[str]:
    """Names that `marquee query` takes."""
    files = (path for path in sorted(OPERATIONS.glob("*.graphql")) if path.stem.startswith(incomplete))
    published = [path.stem for path in files if _IS_QUERY.search(path.read_text(encoding="utf-8"))]
    return [*published, *(name for name in _QUESTIONS if name.startswith(incomplete))]
