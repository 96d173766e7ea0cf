"""The client's built files: compressed at build, and kept by browsers, those under `/assets` for ever.

They are kept in memory once they were asked for: a download that is read slowly holds no file open.
"""

from pathlib import Path

from anyio import to_thread
from cachetools import LRUCache
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

IMMUTABLE = "public, max-age=31536000, immutable"
# The client's build writes each beside the file; the first that a browser takes is sent.
ENCODINGS = {"br": ".br", "gzip": ".gz"}
# All files of a build and their copies take 12 MiB.
KEPT_BYTES = 32 << 20
# What is handed to a connection before its client has read what was.
_PIECE_BYTES = 64 * 1024


class Assets(StaticFiles):
    """Sends the copy that was compressed at build where the browser takes it, with how long it may be kept."""

    def __init__(self, *, directory: Path, check_dir: bool = True, cache_control: str = IMMUTABLE) -> None:
        super().__init__(directory=directory, check_dir=check_dir)
        self._cache_control = cache_control
        # By path, time of change and size.
        self._kept: LRUCache[tuple[str, int, int], bytes] = LRUCache(KEPT_BYTES, getsizeof=len)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or its compressed copy with the file's own media type."""
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            encoding = self._encoding(path, Headers(scope=scope).get("accept-encoding", ""))
            if encoding:
                media_type = response.headers["content-type"]
                response = await super().get_response(path + ENCODINGS[encoding], scope)
                response.headers["content-type"] = media_type
                response.headers["content-encoding"] = encoding
        if response.status_code in (200, 304):
            self._keep(response.headers)
        return await self._in_memory(response) if isinstance(response, FileResponse) else response

    async def _in_memory(self, file: FileResponse) -> Response:
        headers = dict(file.headers)
        # Whole files only.
        headers.pop("accept-ranges", None)
        stat = file.stat_result
        assert stat is not None
        key = (str(file.path), stat.st_mtime_ns, stat.st_size)
        content = self._kept.get(key)
        if content is None:
            content = await to_thread.run_sync(Path(file.path).read_bytes)
            if len(content) <= KEPT_BYTES:
                self._kept[key] = content
        headers["content-length"] = str(len(content))
        return _InMemory(content, headers=headers)

    def _encoding(self, path: str, accepted: str) -> str | None:
        """The best encoding that is both accepted and there; `q=0` refuses one."""
        taken = {name for name, quality in map(_weighed, accepted.split(",")) if quality > 0}
        return next((name for name in ENCODINGS if name in taken and self._has(path + ENCODINGS[name])), None)

    def _keep(self, headers: MutableHeaders) -> None:
        headers["Cache-Control"] = self._cache_control
        headers.add_vary_header("Accept-Encoding")

    def _has(self, path: str) -> bool:
        full, found = self.lookup_path(path)
        return found is not None and Path(full).is_file()


class _InMemory(Response):
    """Content that is handed to the connection piece by piece, as its client reads."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - of ASGI
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        content = bytes(self.body)
        last = max(len(content) - 1, 0) // _PIECE_BYTES
        for number in range(last + 1):
            piece = content[number * _PIECE_BYTES : (number + 1) * _PIECE_BYTES]
            await send({"type": "http.response.body", "body": piece, "more_body": number < last})


def _weighed(text: str) -> tuple[str, float]:
    name, _, weight = text.partition(";")
    try:
        quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
    except ValueError:
        quality = 0.0
    return name.strip().lower(), quality
