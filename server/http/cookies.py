"""The cookies of people whom a provider signs in: the attempt until they are back, the session, and that there is one.

The session's is for requests of this site only. It and the attempt's are hidden from scripts, and over https their
names bind them to this host: pages of a sibling or a subdomain can plant neither. The mark tells a page that there is a
session, and which of those that the browser had, and nothing else: a page asks with it as long as it shows what this
session may see.
"""

from hashlib import sha256

from starlette.requests import HTTPConnection
from starlette.responses import Response

from server.http.websocket_origins import may_connect
from server.identity.tokens import Issued
from server.settings import Settings
from warehouse.errors import Forbidden

MARK = "marquee_signed_in"
_ATTEMPT = "marquee_attempt"
_SESSION = "marquee_session"
_SCHEME = "session"
_ATTEMPT_S = 600
_MARK_DIGITS = 16
# What browsers say of requests that a page sends to its own server.
_SAME = "same-origin"


def session_name(settings: Settings) -> str:
    """The name of the session's cookie."""
    return _bound(_SESSION, settings)


def attempt_name(settings: Settings) -> str:
    """The name of the attempt's cookie."""
    return _bound(_ATTEMPT, settings)


def set_attempt(response: Response, kept: str, settings: Settings) -> None:
    """Have a browser keep an attempt. The provider leads back from another site, so its cookie is sent along then."""
    name, secure = attempt_name(settings), _is_secure(settings)
    response.set_cookie(name, kept, _ATTEMPT_S, path="/", secure=secure, httponly=True, samesite="lax")


def set_session(response: Response, session: Issued, settings: Settings) -> None:
    """Have a browser keep a session instead of the attempt."""
    secure = _is_secure(settings)
    end = session.expires_at
    response.set_cookie(
        session_name(settings), session.token, expires=end, path="/", secure=secure, httponly=True, samesite="strict"
    )
    response.set_cookie(MARK, mark_of(session.token), expires=end, path="/", secure=secure, samesite="strict")
    clear_attempt(response, settings)


def mark_of(session: str) -> str:
    """What tells a session from others in a browser, and nobody how to use it."""
    return sha256(session.encode()).hexdigest()[:_MARK_DIGITS]


def clear_attempt(response: Response, settings: Settings) -> None:
    """Have a browser forget an attempt."""
    name, secure = attempt_name(settings), _is_secure(settings)
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")


def clear_session(response: Response, settings: Settings) -> None:
    """Have a browser forget all of it."""
    secure = _is_secure(settings)
    response.delete_cookie(session_name(settings), path="/", secure=secure, httponly=True, samesite="strict")
    response.delete_cookie(MARK, path="/", secure=secure, samesite="strict")
    clear_attempt(response, settings)


def names_session(given: str | None) -> bool:
    """Whether an `Authorization` is that of a session, not of a token."""
    scheme, _, _ = (given or "").strip().partition(" ")
    return scheme.lower() == _SCHEME


def authorization_of(connection: HTTPConnection, given: str | None) -> str | None:
    """The `Authorization` of a request, or of a socket's greeting; `Session`, with or without a mark, stands for the
    session in its cookie. None if that is not the one of the mark: somebody else has signed in since.

    Raises: Forbidden for a request of another site's page, which can't ask so by itself.
    """
    if not names_session(given):
        return given
    _, _, mark = (given or "").strip().partition(" ")
    settings: Settings = connection.app.state.service.settings
    origin = connection.headers.get("origin")
    is_foreign = not may_connect(origin, connection.headers.get("host"), settings.public_url, ())
    if is_foreign or connection.headers.get("sec-fetch-site", _SAME) != _SAME:
        raise Forbidden("A session asks from this server's own pages only.")
    session = connection.cookies.get(session_name(settings), "")
    return f"Session {session}" if session and mark.strip() in ("", mark_of(session)) else None


def _bound(name: str, settings: Settings) -> str:
    """A cookie's name; browsers take one with this prefix from this host only, over https."""
    return f"__Host-{name}" if _is_secure(settings) else name


def _is_secure(settings: Settings) -> bool:
    return settings.public_url.startswith("https://")
