"""The challenge of a refusal: what RFC 6750 has a server say in `WWW-Authenticate`."""

import re

from warehouse.errors import Forbidden, Unauthenticated

_REALM = 'Bearer realm="marquee"'
# What a quoted text may hold, by section 3 of the RFC.
_NOT_QUOTABLE = re.compile(r"[^\x20\x21\x23-\x5b\x5d-\x7e]")


class NoToken(Unauthenticated):
    """The request showed no token: it is told which kind is asked for, and of no error."""


def challenge(error: Exception) -> dict[str, str]:
    """The header that goes with a refusal: with a 401, and a 403 for who is known."""
    if isinstance(error, NoToken):
        return {"WWW-Authenticate": _REALM}
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": _saying("invalid_token", error)}
    if isinstance(error, Forbidden):
        return {"WWW-Authenticate": _saying("insufficient_scope", error)}
    return {}


def _saying(code: str, error: Exception) -> str:
    return f'{_REALM}, error="{code}", error_description="{_NOT_QUOTABLE.sub("?", str(error))}"'
