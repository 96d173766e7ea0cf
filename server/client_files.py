"""Where the client's files are: beside this module in an installed wheel, in `client/` of the checkout otherwise.

`setup.py` copies both folders into the wheel. A checkout, which is installed as editable, never holds a copy: what is
built or edited under `client/` counts at once.
"""

from importlib.resources import files
from pathlib import Path

_INSTALLED = Path(str(files("server"))) / "static"
_CLIENT = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parents[1] / "client"

PAGES = _CLIENT / "dist"
OPERATIONS = _CLIENT / "operations"
