"""The `WWW-Authenticate` challenge of a refusal, as in RFC 6750."""

import re

from warehouse.errors import Forbidden, Unauthenticated

_REALM = 'Bearer realm="marquee"'
# Characters not allowed in a quoted string, by section 3 of the RFC.
_NOT_QUOTABLE = re.compile(r"[^\x20\x21\x23-\x5b\x5d-\x7e]")


class NoToken(Unauthenticated):
    """The request has no token: the challenge names the scheme and no error."""


def challenge(error: BaseException) -> dict[str, str]:
    """The header of a 401 or 403 response; empty for other errors."""
    if isinstance(error, NoToken):
        return {"WWW-Authenticate": _REALM}
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": _saying("invalid_token", error)}
    if isinstance(error, Forbidden):
        return {"WWW-Authenticate": _saying("insufficient_scope", error)}
    return {}


def _saying(code: str, error: BaseException) -> str:
    return f'{_REALM}, error="{code}", error_description="{_NOT_QUOTABLE.sub("?", str(error))}"'
