"""Opens a page in the reader's own browser, where there is one to see it."""

import os
import sys
import webbrowser


def has_screen() -> bool:
    """Whether a person sits at this terminal, with a screen on which a browser can open."""
    graphical = sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    return sys.stdout.isatty() and graphical


def open_page(address: str) -> None:
    """Open the page; if nothing happens, use the printed link."""
    webbrowser.open(address, new=2)
