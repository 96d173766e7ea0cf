"""Parts of a file: one range of its bytes, as readers of Parquet ask for its end before its columns (RFC 9110, 14).

A file may be made anew for each request, so it has an entity tag: what changed meanwhile is not mixed with what was.
"""

import re

from starlette.requests import Request
from starlette.responses import Response

from server.export.files import AnswerFile

# One range: from a first byte, or as many of the last ones. Of several ranges the whole file is sent, as allowed.
_RANGE = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))")


def ranged(request: Request, file: AnswerFile) -> Response:
    """A whole file, or of it the range that a GET asks for: 206. A range beyond its end is 416; with a tag that is not
    the file's, `If-Match` is 412, and `If-Range` gets the whole file.
    """
    content, tag = file.content, file.tag
    headers = {**file.headers, "ETag": tag, "Accept-Ranges": "bytes"}
    match = request.headers.get("if-match")
    if match is not None and match != "*" and tag not in _tags(match):
        return _without_body(412, tag)
    if tag in _tags(request.headers.get("if-none-match", "")):
        return _without_body(304, tag)
    found = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if found is None or _is_backward(found) or request.method != "GET" or request.headers.get("if-range", tag) != tag:
        return Response(content, headers=headers)
    bounds = _bounds(found, len(content))
    if bounds is None:
        return _without_body(416, tag, f"bytes */{len(content)}")
    first, end = bounds
    headers["Content-Range"] = f"bytes {first}-{end - 1}/{len(content)}"
    return Response(content[first:end], 206, headers=headers)


def _is_backward(found: re.Match[str]) -> bool:
    """Whether a range ends before it begins: then it counts as none."""
    return bool(found[2]) and int(found[2]) < int(found[1])


def _bounds(found: re.Match[str], size: int) -> tuple[int, int] | None:
    """[first, end) of the bytes; None where nothing of the file is in the range."""
    first, last, suffix = found.groups()
    if suffix is not None:
        return (max(size - int(suffix), 0), size) if int(suffix) and size else None
    start = int(first or 0)
    end = min(int(last) + 1, size) if last else size
    return (start, end) if start < end else None


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def _without_body(status: int, tag: str, content_range: str = "") -> Response:
    shown = {"Content-Range": content_range} if content_range else {}
    return Response(
        status_code=status, headers={"ETag": tag, "Accept-Ranges": "bytes", "Cache-Control": "no-store", **shown}
    )
