"""Which pages may open a socket: browsers don't apply the same-origin policy to sockets, but they send `Origin`."""

from collections.abc import Sequence
from urllib.parse import urlsplit


def may_connect(origin: str | None, host: str | None, public_url: str, origins: Sequence[str]) -> bool:
    """Whether a handshake is from the server's own pages, an allowed origin, or a client that isn't a browser.

    `public_url` is the server's address for browsers. Without it, `host` is: the handshake's `Host`, which is one of
    the server's names.
    """
    if origin is None:
        return True
    own = (public_url,) if public_url else (f"http://{host or ''}", f"https://{host or ''}")
    found = origin_of(origin)
    return found is not None and found in {origin_of(one) for one in (*own, *origins)}


def origin_of(address: str) -> str | None:
    """Normalized scheme, host and port of an address; None without them, as for the `null` of a sandboxed frame."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return f"{parts.scheme}://{parts.hostname}:{port or {'http': 80, 'https': 443}[parts.scheme]}"
