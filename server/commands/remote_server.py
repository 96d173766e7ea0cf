"""A running server that commands ask by its public HTTP API, with a token."""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from server.commands.answer_table import printable
from server.commands.exit_codes import WrongUsage
from server.commands.saved_logins import read_logins
from server.loopback import is_of_this_machine
from warehouse.errors import BadInput, Forbidden, MarqueeError, Overloaded, Unauthenticated, Unavailable

if TYPE_CHECKING:
    import httpx

    from server.commands.local_session import LocalSession

# The longest question of an admin, and a little more.
_PATIENCE_S = 330.0
_CONNECT_S = 10.0
_ADDRESS = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")
_STDIN = "-"


@dataclass(frozen=True)
class RemoteServer:
    """A server at an address, and the token that it is asked with."""

    url: str
    token: str = field(repr=False)

    def answer(self, path: str, texts: Mapping[str, str]) -> dict[str, Any]:
        """The body of `GET /api/PATH` with parameters.

        Raises: MarqueeError, as all of these methods.
        """
        return self._body(self._sent("GET", f"/api/{path}", params=dict(texts)))

    def file(self, path: str, texts: Mapping[str, str]) -> bytes:
        """The file that `GET /api/PATH` gives with `format` among its parameters."""
        response = self._sent("GET", f"/api/{path}", params=dict(texts))
        if "content-disposition" not in response.headers:
            raise self._stranger(response)
        return bytes(response.content)

    def run(self, document: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The body of the answer to a document."""
        sent = orjson.dumps({"query": document, "variables": dict(variables or {})})
        headers = {"Content-Type": "application/json"}
        return self._body(self._sent("POST", "/graphql", content=sent, headers=headers))

    def _sent(self, method: str, path: str, headers: Mapping[str, str] | None = None, **sent: Any) -> "httpx.Response":
        # Imported late: it takes longer than all that reads arguments.
        import httpx

        given = {"Accept": "application/json, */*;q=0.5", "Authorization": f"Bearer {self.token}", **(headers or {})}
        try:
            timeout, trust_env = httpx.Timeout(_PATIENCE_S, connect=_CONNECT_S), not is_of_this_machine(self.url)
            with httpx.Client(timeout=timeout, trust_env=trust_env) as http:
                response = http.request(method, f"{self.url}{path}", headers=given, **sent)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            told = printable(str(error)) or type(error).__name__
            raise Unavailable(
                f"{self.url} does not answer: {told}. Check the address, and that marquee serve runs."
            ) from error
        if not response.is_success:
            raise self._refused(response)
        return response

    def _body(self, response: "httpx.Response") -> dict[str, Any]:
        try:
            body = orjson.loads(response.content)
        except orjson.JSONDecodeError as error:
            raise self._stranger(response) from error
        if not isinstance(body, dict) or not ({"data", "errors"} & set(body)):
            raise self._stranger(response)
        return body

    def _refused(self, response: "httpx.Response") -> MarqueeError:
        """The error of a response that is no answer."""
        told = _told(response)
        if response.is_redirect or told is None:
            return self._stranger(response)
        match response.status_code:
            case 401:
                return Unauthenticated(f"{self.url} refuses the token: {told} Then: marquee login {self.url}")
            case 403:
                return Forbidden(told)
            case 429 | 503:
                wait_s = response.headers.get("retry-after", "")
                error: MarqueeError = Overloaded(f"{told} Ask again in {wait_s} s." if wait_s.isdigit() else told)
                return error
            case 400 | 404 | 405 | 413 | 415:
                return BadInput(told)
        return Unavailable(told)

    def _stranger(self, response: "httpx.Response") -> Unavailable:
        """The error of a response that no server of ours sends."""
        elsewhere = printable(response.headers.get("location", ""))[:200]
        where = f" and points to {elsewhere}" if response.is_redirect else ""
        return Unavailable(
            f"{self.url} answers {response.status_code}{where}, but not as Marquee does. Check that it is the address "
            "of a Marquee server."
        )


def remote_server(session: "LocalSession", url: str, token: str) -> RemoteServer | None:
    """The server that a command is to ask: of `--url`, else of MARQUEE_URL, else, where this folder has no warehouse
    and names none, that of the last login; None for this machine's warehouse. Its token: of `--token` (- reads it from
    stdin), else MARQUEE_TOKEN, else what `marquee login` saved for this very address.

    Raises: WrongUsage for a malformed address; BadInput for a malformed token or without one.
    """
    settings = session.settings
    if session.lent is not None:
        return None
    named = url or settings.url
    if not named and (session.has_warehouse or token):
        if token:
            raise WrongUsage("--token is for a server: add --url, or set MARQUEE_URL.")
        return None
    logins = read_logins()
    address = checked_address(named) if named else logins.current
    if not address:
        return None
    if not named:
        session.say(f"Asking {address}, where you are signed in: there is no warehouse here.")
    given = token_of_stdin() if token == _STDIN else token
    bearer = given or settings.token or logins.tokens.get(address, "")
    if not bearer:
        raise BadInput(f"No token for {address}. Sign in: marquee login {address}; or set MARQUEE_TOKEN.")
    if address.startswith("http://") and not is_of_this_machine(address):
        session.say(f"Note: {address} is not encrypted: others on the network can read the token.")
    return RemoteServer(address, checked_token(bearer))


def checked_address(url: str) -> str:
    """The base address of a server, without a slash at its end.

    Raises: WrongUsage.
    """
    if not _ADDRESS.fullmatch(url):
        shown = re.sub(r"//[^@/]*@", "//...@", url)
        raise WrongUsage(f"{shown[:100]!r} is not the address of a server: http://127.0.0.1:8000")
    return url.rstrip("/")


def checked_token(token: str) -> str:
    """Raises: BadInput, without the token, for one that no header can carry."""
    if not token.isascii() or not token.isprintable() or " " in token:
        raise BadInput("The token has characters that no token has. Check what you copied.")
    return token


def token_of_stdin() -> str:
    """The first line of standard input.

    Raises: BadInput if it is empty.
    """
    token = sys.stdin.readline().strip()
    if not token:
        raise BadInput("Standard input holds no token.")
    return token


def _told(response: "httpx.Response") -> str | None:
    """What an error of ours says; None for the error of another program."""
    try:
        errors = orjson.loads(response.content)["errors"]
        return "\n".join(printable(str(one["message"])) for one in errors)
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
