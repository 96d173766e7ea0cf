"""A headless Chromium for one page: found on this machine, started with a profile of its own, and ended for sure.

It is told what to do by the DevTools protocol over two pipes, so no port is open by which others could do that too.
Source: https://chromedevtools.github.io/devtools-protocol.
"""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import orjson

from warehouse.errors import BadInput, Unavailable

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "chrome-headless-shell",
    "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    # The page's requests are answered by whoever opened it, and nothing else is asked.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-sync",
    "--hide-scrollbars",
    "--lang=en-US",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
    "--use-mock-keychain",
    "--password-store=basic",
)
# Chromium reads from descriptor 3 and writes to 4; a child that closes all others starts with 0 and 1.
_ON_PIPES = ("/bin/sh", "-c", 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null', "sh")
# A printed board comes as one message, in base64.
_LONGEST_MESSAGE_BYTES = 256 * 2**20
_END_S = 5.0
_REAP_POLL_S = 0.01
_NOT_FOUND = (
    "No browser is on this machine that prints PDF and PNG. Install Chromium or Google Chrome, or set MARQUEE_BROWSER "
    "to its path; CSV needs none."
)

Listener = Callable[[str, Mapping[str, Any]], None]


def find_chromium(setting: str) -> str:
    """The path of the browser: the setting's, or the first that this machine has.

    Raises: BadInput for a setting that names no program; Unavailable where there is none.
    """
    if setting:
        found = shutil.which(setting)
        if found is None:
            raise BadInput(f"MARQUEE_BROWSER is {setting!r}, which is no program on this machine.")
        return found
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise Unavailable(_NOT_FOUND)
    return found


@dataclass
class Chromium:
    """A running browser. `listener` is told of events: their name, and what they say."""

    process: asyncio.subprocess.Process
    listener: Listener = lambda _, __: None
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _waiting: dict[int, asyncio.Future[Any]] = field(default_factory=dict)
    _session: str | None = None

    async def attach(self) -> None:
        """Make a page, to which all that is called from now on goes."""
        target = await self.call("Target.createTarget", url="about:blank")
        attached = await self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]

    async def call(self, method: str, **given: Any) -> Any:
        """What the browser answers to a method.

        Raises: Unavailable if it refuses, or has ended.
        """
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        number = next(self._numbers)
        self._waiting[number] = answer
        message = {"id": number, "method": method, "params": given}
        if self._session is not None:
            message["sessionId"] = self._session
        assert self.process.stdin
        self.process.stdin.write(orjson.dumps(message) + b"\0")
        return await answer

    async def read(self) -> None:
        """Take what the browser says until it ends."""
        assert self.process.stdout
        try:
            while True:
                text = await self.process.stdout.readuntil(b"\0")
                self._take(orjson.loads(text[:-1]))
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(Unavailable("The browser ended before the page was printed. Try again."))

    def _take(self, message: Mapping[str, Any]) -> None:
        if "id" not in message:
            self.listener(message["method"], message.get("params", {}))
            return
        answer = self._waiting.pop(message["id"])
        if answer.done():
            return
        if "error" in message:
            answer.set_exception(Unavailable(f"The browser can't print this: {message['error'].get('message')}."))
        else:
            answer.set_result(message["result"])


@asynccontextmanager
async def running(program: str) -> AsyncIterator[Chromium]:
    """A browser with an empty profile, which is removed after the block with all that it started.

    Raises: Unavailable if it can't be started.
    """
    with tempfile.TemporaryDirectory(prefix="marquee-browser-", ignore_cleanup_errors=True) as profile:
        process = await _started(program, Path(profile))
        browser = Chromium(process)
        reader = asyncio.create_task(browser.read())
        try:
            await browser.attach()
            yield browser
        finally:
            await _end(process, Path(profile))
            reader.cancel()
            with suppress(asyncio.CancelledError):
                await reader


async def _started(program: str, profile: Path) -> asyncio.subprocess.Process:
    # As root it refuses to run with its sandbox. The only page that it opens is ours.
    as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    try:
        return await asyncio.create_subprocess_exec(
            *_ON_PIPES,
            program,
            *_FLAGS,
            *as_root,
            f"--user-data-dir={profile}",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=_environment(profile),
            start_new_session=True,
            limit=_LONGEST_MESSAGE_BYTES,
        )
    except OSError as error:
        raise Unavailable(f"The browser {program} can't be started: {error.strerror}.") from error


def _environment(profile: Path) -> dict[str, str]:
    """Ours without our settings; crash handlers keep their files in the profile too."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MARQUEE_")}
    return {**kept, "XDG_CONFIG_HOME": str(profile)}


async def _end(process: asyncio.subprocess.Process, profile: Path) -> None:
    """End the browser and its children: one process group, and crash handlers in groups of their own."""
    handlers = _orphans_of(profile)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(TimeoutError):
        async with asyncio.timeout(_END_S):
            await process.wait()
            for one in (-process.pid, *handlers):
                while _is_left(one):  # noqa: ASYNC110 - nothing tells of ends of processes that we did not start
                    await asyncio.sleep(_REAP_POLL_S)


def _orphans_of(profile: Path) -> list[int]:
    """Our children that name a browser's profile, besides the browser itself: processes whose parent has ended. They
    become ours where we are the first process, as in a container without an init; elsewhere that one reaps them.
    """
    found = []
    for children in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            found += [int(one) for one in children.read_text().split()]
    return [one for one in found if _is_orphan_of(one, profile)]


def _is_orphan_of(pid: int, profile: Path) -> bool:
    with suppress(OSError):  # it has just ended
        return os.getpgid(pid) != pid and os.fsencode(profile) in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def _is_left(pid: int) -> bool:
    """Reap what has ended of a child, or of a group of them if negative, and tell whether more is to end."""
    try:
        while os.waitpid(pid, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        return False
    return True
