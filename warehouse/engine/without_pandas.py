"""Keep pyarrow from importing pandas, which it does at the first array of Python values, to see if they are a Series.

Ours never are, and the import would add half a second to every command that writes a line of the audit log. `to_pandas`
still works: it imports pandas itself.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

import pyarrow as pa


class _NoPandas(MetaPathFinder):
    """An import hook that reports pandas as missing."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        """Raises: ModuleNotFoundError for pandas; other modules are left to the next finder."""
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
