"""A small real OpenID provider, built on Authlib: authorization code with PKCE, one client, and one person.

`person` are the claims of the next ID token; `change` may change what is answered to a code, as an attacker would.
"""

import json
import secrets
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import RSAKey

from tests.integration.server.issuer import jwk

CLIENT_ID, CLIENT_SECRET, KEY_ID = "marquee", "s3cret/with+signs", "first"
Change = Callable[[dict[str, Any]], dict[str, Any]]


class Provider:
    """A running provider."""

    def __init__(self) -> None:
        self.address = ""
        self.returns_to = ""
        self.key = rsa.generate_private_key(65_537, 2_048)
        self.person: dict[str, Any] | None = {"sub": "ada", "groups": ["data-team"]}
        self.change: Change = lambda told: told
        self.is_down = False
        self.calls_itself = ""
        self.asked_who_it_is = 0
        self.codes: dict[str, Any] = {}
        self.asked_for_tokens: list[dict[str, str]] = []

    @property
    def pem(self) -> bytes:
        """The private key."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def discovery(self) -> dict[str, Any]:
        """Its metadata."""
        return {
            "issuer": self.calls_itself or self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    def token_answer(self, status: int, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """What it answers to a code."""
        if self.is_down:
            return 503, {}
        return status, self.change(body) if status == 200 else body


class _Client:
    """The only client, as Authlib asks it."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return self.provider.returns_to

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, uri: str) -> bool:
        return uri == self.provider.returns_to

    def check_client_secret(self, secret: str) -> bool:
        # As RFC 6749 has it, it comes encoded like a form's.
        return unquote(secret) == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002 - Authlib's signature
        return method == "client_secret_basic"

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return kind == "authorization_code"


class _Code(SimpleNamespace):
    """A code that was given out, as Authlib asks it."""

    def get_redirect_uri(self) -> str:
        return str(self.redirect_uri)

    def get_scope(self) -> str:
        return str(self.scope)

    def get_nonce(self) -> str:
        return str(self.nonce)

    def get_auth_time(self) -> int:
        return int(self.auth_time)

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class _Grant(AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        asked = request.payload.data
        self.server.provider.codes[code] = _Code(
            redirect_uri=asked["redirect_uri"],
            scope=asked["scope"],
            nonce=asked["nonce"],
            auth_time=int(time.time()),
            code_challenge=asked["code_challenge"],
            code_challenge_method=asked["code_challenge_method"],
            code=code,
        )

    def query_authorization_code(self, code: str, client: Any) -> Any:  # noqa: ARG002
        return self.server.provider.codes.get(code)

    def delete_authorization_code(self, code: Any) -> None:
        del self.server.provider.codes[code.code]

    def authenticate_user(self, code: Any) -> Any:  # noqa: ARG002
        return self.server.provider.person


class _IdToken(OpenIDCode):  # type: ignore[misc]
    def __init__(self, provider: Provider) -> None:
        super().__init__(require_nonce=True)
        self.provider = provider

    def exists_nonce(self, nonce: str, request: Any) -> bool:  # noqa: ARG002
        return False

    def get_client_algorithm(self, client: Any) -> str:  # noqa: ARG002
        return "RS256"

    def get_encode_header(self, client: Any) -> dict[str, str]:  # noqa: ARG002
        return {"alg": "RS256", "kid": KEY_ID}

    def get_compatible_claims(self, request: Any) -> dict[str, Any]:  # noqa: ARG002
        now = int(time.time())
        return {"iss": self.provider.address, "aud": CLIENT_ID, "iat": now, "exp": now + 300}

    def resolve_client_private_key(self, client: Any) -> RSAKey:  # noqa: ARG002
        return RSAKey.import_key(self.provider.pem)

    def generate_user_info(self, user: Any, scope: str) -> dict[str, Any]:  # noqa: ARG002
        return dict(user)


class _Server(AuthorizationServer):  # type: ignore[misc]
    def __init__(self, provider: Provider) -> None:
        super().__init__()
        self.provider = provider

    def query_client(self, client_id: str) -> Any:
        return _Client(self.provider) if client_id == CLIENT_ID else None

    def save_token(self, token: Any, request: Any) -> None:
        """Nobody asks for it again."""

    def create_oauth2_request(self, request: Any) -> Any:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> tuple[int, Any, Any]:
        return status, body, dict(headers)

    def send_signal(self, *_: Any, **__: Any) -> None:
        """Nobody hears it."""


def _server(provider: Provider) -> AuthorizationServer:
    server = _Server(provider)
    server.register_token_generator(
        "default", lambda **given: {"access_token": secrets.token_hex(8), "scope": given["scope"], "expires_in": 300}
    )
    server.register_grant(_Grant, [_IdToken(provider), CodeChallenge(required=True)])
    return server


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider until the block ends."""
    provider = Provider()
    server = _server(provider)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path)
            provider.asked_who_it_is += path.path == "/.well-known/openid-configuration"
            if provider.is_down:
                self._answer(503, {})
            elif path.path == "/.well-known/openid-configuration":
                self._answer(200, provider.discovery())
            elif path.path == "/keys":
                self._answer(200, {"keys": [{"kid": KEY_ID, "use": "sig", **jwk(provider.key)}]})
            else:
                request = self._request(dict(parse_qsl(path.query)))
                grant = server.get_consent_grant(request, provider.person)
                self._answer(*server.create_authorization_response(request, provider.person, grant))

        def do_POST(self) -> None:
            form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            provider.asked_for_tokens.append(form)
            status, body, headers = server.create_token_response(self._request(form))
            self._answer(*provider.token_answer(status, body), headers)

        def _request(self, given: dict[str, str]) -> OAuth2Request:
            class Request(OAuth2Request):  # type: ignore[misc]
                args = form = given

            # Authlib wants https, and this is one machine.
            request = Request(self.command, f"https://provider{self.path}", headers=dict(self.headers))
            request.payload = BasicOAuth2Payload(given)
            return request

        def _answer(self, status: int, body: Any, headers: Any = None) -> None:
            text = body if isinstance(body, str) else json.dumps(body)
            self.send_response(status)
            for name, value in (headers or {"Content-Type": "application/json"}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        provider.address = f"http://127.0.0.1:{listening.server_port}"
        try:
            yield provider
        finally:
            listening.shutdown()
            thread.join()


def claims_in(token: str) -> dict[str, Any]:
    """The claims of a token, unverified."""
    middle = token.split(".")[1]
    found: dict[str, Any] = json.loads(b64decode(middle + "=" * (-len(middle) % 4), altchars=b"-_"))
    return found
