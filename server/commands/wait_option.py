"""Waiting for a warehouse's folder that another command has, instead of failing: `marquee --wait 30s ...`."""

import re
import time
from collections.abc import Callable, Sequence

from server.commands.exit_codes import WrongUsage
from warehouse.errors import WarehouseHeld

OPTION = "--wait"
DEFAULT_WAIT = "30s"
_FORM = re.compile(r"(\d{1,5})(s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_AGAIN_S = 0.1


def split_wait(argv: Sequence[str]) -> tuple[float, list[str]]:
    """The seconds to wait, and the arguments without the option, which stands before the command.

    Raises: WrongUsage for a time in another form.
    """
    text, rest = DEFAULT_WAIT, list(argv)
    while rest and (rest[0] == OPTION or rest[0].startswith(f"{OPTION}=")):
        _, is_joined, value = rest.pop(0).partition("=")
        text = value if is_joined else rest.pop(0) if rest else ""
    found = _FORM.fullmatch(text)
    if found is None:
        raise WrongUsage(f"{OPTION} is {text!r}, expected a number with s, m or h: 30s, 5m.")
    return int(found[1]) * _SECONDS[found[2]], rest


def waiting(run: Callable[[], int], wait_s: float, say: Callable[[str], object]) -> int:
    """Run a command, again and again while another command has the folder, for some seconds at most; `say` is called
    once with what it waits for. A command does nothing before it has the folder.

    Raises: WarehouseHeld of a server, which runs commands itself, or when the time is over.
    """
    until, told = time.monotonic() + wait_s, False
    while True:
        try:
            return run()
        except WarehouseHeld as held:
            if held.socket is not None or time.monotonic() >= until:
                raise
            if not told:
                say(f"Waiting up to {wait_s:g} s: {held}")
            told = True
            time.sleep(_AGAIN_S)
