"""The client's files: next to this module in an installed wheel, otherwise in the checkout's `client/`.

`setup.py` copies both folders into the wheel. An editable install has no copy, so changes under `client/` take effect
at once.
"""

from importlib.resources import files
from pathlib import Path

_INSTALLED = Path(str(files("server"))) / "static"
_CLIENT = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parents[1] / "client"

PAGES = _CLIENT / "dist"
OPERATIONS = _CLIENT / "operations"

NOT_BUILT = "The client is not built. Run: make run (or, in client/: npm ci && npm run build)"
