"""pyarrow without pandas, which it imports with the first array of Python values to see whether they are a Series.

None of ours is, and the import takes half a second of every command that writes as much as a line of the audit log.
`to_pandas` still works: it imports pandas itself.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

import pyarrow as pa


class _NoPandas(MetaPathFinder):
    """Answers that pandas is not there."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        """Raises: ModuleNotFoundError for pandas; all else is left to those who come after."""
        del path, target
        if name == "pandas":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def look_for_no_pandas() -> None:
    """Let pyarrow look for pandas now, and remember that it found none."""
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([])
    finally:
        sys.meta_path.remove(finder)
