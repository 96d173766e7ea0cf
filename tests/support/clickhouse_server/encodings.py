"""Compressed bodies both ways, as a server has them by HTTP: gzip, deflate, and lz4 where its package is installed."""

import gzip
import zlib
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec

Ways = Mapping[str, tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]]


def _ways() -> Ways:
    found: dict[str, tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]] = {
        "gzip": (lambda body: gzip.compress(body, 1), gzip.decompress),
        "deflate": (zlib.compress, zlib.decompress),
    }
    if find_spec("lz4"):
        frame = import_module("lz4.frame")
        found["lz4"] = (frame.compress, frame.decompress)
    return found


_WAYS = _ways()


def unpack(body: bytes, encoding: str) -> bytes:
    """A body as it was before it was encoded; '' is not encoded."""
    return _WAYS[encoding][1](body) if encoding else body


def pack(body: bytes, accepted: str) -> tuple[bytes, str]:
    """A body in the first encoding that a client accepts and we have, with its name; '' where there is none."""
    for one in accepted.split(","):
        name = one.partition(";")[0].strip()
        if name in _WAYS:
            return _WAYS[name][0](body), name
    return body, ""
