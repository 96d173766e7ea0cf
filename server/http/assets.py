"""The client's built files: compressed at build, and kept by browsers, those under `/assets` for ever."""

from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

IMMUTABLE = "public, max-age=31536000, immutable"
# The client's build writes each beside the file; the first that a browser takes is sent.
ENCODINGS = {"br": ".br", "gzip": ".gz"}


class Assets(StaticFiles):
    """Sends the copy that was compressed at build where the browser takes it, with how long it may be kept."""

    def __init__(self, *, directory: Path, check_dir: bool = True, cache_control: str = IMMUTABLE) -> None:
        super().__init__(directory=directory, check_dir=check_dir)
        self._cache_control = cache_control

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
        return response

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


def _weighed(text: str) -> tuple[str, float]:
    name, _, weight = text.partition(";")
    try:
        quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
    except ValueError:
        quality = 0.0
    return name.strip().lower(), quality
