"""`marquee doctor`: looks at what Marquee needs on this machine, and says what to do about what is wrong.

It opens no warehouse and changes nothing, so it works beside a running server and where nothing else does.
"""

import os
import platform
import resource
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from warehouse.engine.address import Embedded, Server
from warehouse.engine.memory import available_bytes, engine_bytes
from warehouse.errors import MarqueeError

if TYPE_CHECKING:
    from server.commands.local_session import LocalSession
    from server.settings import Settings

_GIB = 2**30
# Below these, say so.
_FEW_BYTES, _LITTLE_SHARE, _FEW_FILES = 2 * _GIB, 0.05, 1024
# This version was made after that: a clock before it is wrong.
_MADE_S = 1_780_000_000
_PATIENCE_S = 3.0
_JAVA = 17


class Verdict(StrEnum):
    """The state of a thing: `wrong` keeps Marquee, or a part of it, from working."""

    FINE = "fine"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True)
class Found:
    """One thing that was looked at, and what to do about it; '' where there is nothing to do."""

    what: str
    verdict: Verdict
    told: str
    todo: str = ""


def doctor(
    ctx: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False
) -> None:
    """Look at what Marquee needs here: versions, disk, keys, memory, ports, the warehouse's server. Exit 1 if anything
    is wrong."""
    session: LocalSession = ctx.obj
    found = list(examined(session))
    if as_json:
        session.out(orjson.dumps([asdict(one) for one in found]).decode())
    else:
        for one in found:
            session.out(f"{one.verdict.value:<6} {one.what:<12} {one.told}{f' {one.todo}' if one.todo else ''}")
    if any(one.verdict is Verdict.WRONG for one in found):
        raise typer.Exit(1)


def examined(session: "LocalSession") -> Iterator[Found]:
    """Everything, in the order in which it is printed."""
    settings = session.settings
    yield _versions()
    yield _java()
    address = session.address
    if isinstance(address, Embedded):
        yield from _disk(address.folder)
    else:
        yield _server(address)
    for name, path in (("secret", session.secret_file), ("hash key", session.hash_key_file)):
        yield _key(name, path)
    yield _memory(settings)
    yield _open_files()
    yield _clock()
    yield _port(settings)


def _versions() -> Found:
    told = [f"Python {platform.python_version()}"]
    for package in ("marquee", "chdb-core", "clickhouse-connect", "pyarrow", "tzdata"):
        try:
            told.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            return Found("versions", Verdict.WRONG, f"{package} is not installed.", "Install Marquee again.")
    return Found("versions", Verdict.FINE, f"{', '.join(told)}, on {platform.system()} {platform.machine()}.")


def _java() -> Found:
    java = Path(os.environ["JAVA_HOME"]) / "bin/java" if "JAVA_HOME" in os.environ else shutil.which("java")
    todo = f"Install Java {_JAVA} or later, if you run Spark jobs."
    if java is None:
        return Found("java", Verdict.NOTE, "There is no Java.", todo)
    try:
        told = subprocess.run([str(java), "-version"], capture_output=True, text=True, timeout=30, check=True).stderr
    except (OSError, subprocess.SubprocessError) as error:
        return Found("java", Verdict.NOTE, f"{java} can't be run: {error}.", todo)
    first = (told.strip().splitlines() or ["?"])[0]
    number = "".join(mark if mark.isdigit() else " " for mark in first).split()
    is_new = bool(number) and int(number[0]) >= _JAVA
    return Found("java", Verdict.FINE if is_new else Verdict.NOTE, f"{first}.", "" if is_new else todo)


def _disk(folder: Path) -> Iterator[Found]:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    usage, inodes = shutil.disk_usage(there), os.statvfs(there)
    is_low = usage.free < max(_FEW_BYTES, _LITTLE_SHARE * usage.total)
    told = f"{usage.free / _GIB:,.1f} of {usage.total / _GIB:,.1f} GiB are free at {there}."
    yield Found("disk", Verdict.WRONG if is_low else Verdict.FINE, told, "Make room." if is_low else "")
    if inodes.f_files:
        is_low = inodes.f_favail < _LITTLE_SHARE * inodes.f_files
        told = f"{inodes.f_favail:,} of {inodes.f_files:,} are free at {there}."
        yield Found("inodes", Verdict.WRONG if is_low else Verdict.FINE, told, "Remove files." if is_low else "")
    if not os.access(there, os.W_OK):
        yield Found("folder", Verdict.WRONG, f"{there} can't be written.", "Change its owner, or MARQUEE_WAREHOUSE.")
    elif there == folder:
        yield Found("folder", Verdict.FINE, f"The warehouse is in {folder}.")
    else:
        yield Found("folder", Verdict.NOTE, f"There is no warehouse in {folder} yet; the first command makes it.")


def _server(address: Server) -> Found:
    import httpx

    scheme = "https" if address.tls else "http"
    try:
        answer = httpx.get(
            f"{scheme}://{address.host}:{address.port}/",
            params={"query": "SELECT version()"},
            headers={"X-ClickHouse-User": address.user, "X-ClickHouse-Key": address.password},
            timeout=_PATIENCE_S,
        )
    except httpx.HTTPError as error:
        told = f"{address} can't be reached: {str(error) or type(error).__name__}."
        return Found("warehouse", Verdict.WRONG, told, "Check host, port and that the server runs.")
    code = answer.headers.get("X-ClickHouse-Exception-Code")
    if code or answer.status_code != 200:
        told = f"{address} refuses: {f'ClickHouse error {code}' if code else f'HTTP {answer.status_code}'}."
        return Found("warehouse", Verdict.WRONG, told, "Check user, password and database in MARQUEE_WAREHOUSE.")
    if not answer.text.strip()[:1].isdigit():
        told = f"{address} answers, but is not a ClickHouse server."
        return Found("warehouse", Verdict.WRONG, told, "Check host and port in MARQUEE_WAREHOUSE.")
    return Found("warehouse", Verdict.FINE, f"{address} is ClickHouse {answer.text.strip()}.")


def _key(name: str, path: Path) -> Found:
    if not path.exists():
        return Found(name, Verdict.NOTE, f"There is no {path} yet; it is made when it is needed.")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return Found(name, Verdict.WRONG, f"{path} can be read by others.", f"Run: chmod 600 {path}")
    from server.identity.secret import read_secret

    try:
        read_secret(path)
    except MarqueeError as error:
        return Found(name, Verdict.WRONG, str(error))
    except OSError as error:
        return Found(name, Verdict.WRONG, f"{path} can't be read: {error.strerror}.", "Change its owner.")
    return Found(name, Verdict.FINE, f"{path}, for its owner only.")


def _memory(settings: "Settings") -> Found:
    available = settings.memory_bytes or available_bytes()
    told = f"{available / _GIB:,.1f} GiB for the process, {engine_bytes(available) / _GIB:,.1f} of them for the engine."
    if available < _GIB:
        return Found("memory", Verdict.NOTE, told, "Give it 1 GiB or more, for millions of sessions.")
    return Found("memory", Verdict.FINE, told)


def _open_files() -> Found:
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    told = f"{most:,} may be open at once."
    if most < _FEW_FILES:
        return Found("open files", Verdict.WRONG, told, f"Raise the limit: ulimit -n {_FEW_FILES * 8}")
    return Found("open files", Verdict.FINE, told)


def _clock() -> Found:
    now = time.time()
    if now < _MADE_S:
        told = f"It is set to {time.strftime('%Y-%m-%d', time.gmtime(now))}, before this version was made."
        return Found("clock", Verdict.WRONG, told, "Set it: tokens and loads are dated by it.")
    return Found("clock", Verdict.FINE, time.strftime("%Y-%m-%dT%H:%M:%SZ.", time.gmtime(now)))


def _port(settings: "Settings") -> Found:
    import httpx

    where = f"{settings.host}:{settings.port}"
    try:
        with socket.create_server((settings.host, settings.port)):
            return Found("port", Verdict.FINE, f"{where} is free.")
    except OSError as error:
        try:
            answer = httpx.get(f"http://{where}/readyz", timeout=_PATIENCE_S)
            if "status" in answer.json():
                return Found("port", Verdict.FINE, f"A Marquee server is at {where}: {answer.json()['status']}.")
        except (httpx.HTTPError, ValueError):
            pass  # the program at that port does not speak as Marquee does
        told = f"{where} can't be used: {error.strerror}."
        return Found("port", Verdict.NOTE, told, "Stop the other program, or set MARQUEE_PORT.")
