"""Prints a page as the first process of a container would: orphans become its children. Writes which children are left.

Argument: the browser's path.
"""

import asyncio
import ctypes
import sys
from contextlib import suppress
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from server.reporting.printed_page import Page, PrintFormat, printed

_PR_SET_CHILD_SUBREAPER = 36


def _page(request: Request) -> HTMLResponse:  # noqa: ARG001
    return HTMLResponse("<h1>Printed</h1>")


async def _print() -> None:
    app = Starlette(routes=[Route("/", _page)])
    await printed(sys.argv[1], Page(app, "/", "!!document.querySelector('h1')", "''"), PrintFormat.PDF)


if __name__ == "__main__":
    assert ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    asyncio.run(_print())
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):  # a thread that has just ended
            sys.stdout.write((task / "children").read_text())
