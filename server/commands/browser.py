"""Opens a page in the reader's own browser, where there is one to see it."""

import os
import sys
import webbrowser
from html import escape
from pathlib import Path
from tempfile import mkstemp
from threading import Timer

from warehouse.engine.private_folder import runtime_folder

# A browser that starts anew reads the file within seconds.
_READ_WITHIN_S = 10.0
_REDIRECT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Marquee</title>
<meta http-equiv="refresh" content="0; url={address}">
<p><a href="{address}">Open Marquee</a></p>
</html>
"""


def has_screen() -> bool:
    """Whether a person sits at this terminal, with a screen on which a browser can open."""
    graphical = sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    return sys.stdout.isatty() and graphical


def open_page(address: str, read_within_s: float = _READ_WITHIN_S) -> None:
    """Open the page; if nothing happens, use the printed link.

    An address may sign in, and other users of the machine can list what a browser's process is started with. So the
    browser is given a file of this user alone that leads there, and is removed once it was read.

    Raises: Unavailable if somebody else may enter the folder of that file.
    """
    descriptor, name = mkstemp(prefix="open-", suffix=".html", dir=runtime_folder())
    page = Path(name)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(_REDIRECT.format(address=escape(address)))
    # The process ends after the timer, so that no file stays.
    Timer(read_within_s, page.unlink, kwargs={"missing_ok": True}).start()
    webbrowser.open(page.as_uri(), new=2)
