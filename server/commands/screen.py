"""What a command's output goes to: a terminal, its width and colours, or something that a program reads."""

import os
import shutil
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Screen:
    """Where output is shown: `width` in characters, None where it is no terminal."""

    width: int | None = None
    has_colour: bool = False


def own_screen() -> Screen:
    """What this process's output goes to. `NO_COLOR` takes the colours off."""
    if not sys.stdout.isatty():
        return Screen()
    is_plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Screen(shutil.get_terminal_size().columns, not is_plain)
