"""An issuer of tokens on this machine: a real HTTP server that publishes real keys, and signs with them."""

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

AUDIENCE = "analytics"
NAME = "https://issuer.example"
Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Issuer:
    """Keys by id; `status` and `body` say what is answered instead of them."""

    def __init__(self) -> None:
        self.keys: dict[str, Private] = {}
        self.asked = 0
        self.status = 200
        self.headers: dict[str, str] = {}
        self.body: bytes | None = None
        self.address = ""

    def add(self, kid: str, key: Private) -> Private:
        """Publish a key."""
        self.keys[kid] = key
        return key

    def claims(self, **changed: Any) -> dict[str, Any]:
        """The claims of a good token of an analyst, some of them changed, or left out where None."""
        now = datetime.now(UTC)
        good = {"iss": NAME, "aud": AUDIENCE, "sub": "ada", "exp": now + timedelta(minutes=5), "role": "analyst"}
        return {name: value for name, value in {**good, **changed}.items() if value is not None}

    def sign(self, kid: str, headers: dict[str, Any] | None = None, key: Private | None = None, **changed: Any) -> str:
        """A token signed by a published key, or by another that claims its id."""
        signing = key or self.keys[kid]
        algorithm = "RS256" if isinstance(signing, rsa.RSAPrivateKey) else "ES256"
        return jwt.encode(self.claims(**changed), signing, algorithm, headers={"kid": kid, **(headers or {})})

    def document(self) -> bytes:
        """What is published."""
        return orjson.dumps({"keys": [{"kid": kid, "use": "sig", **jwk(key)} for kid, key in self.keys.items()]})


def pem(key: Private) -> bytes:
    """The public key, as everybody can have it."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def jwk(key: Private) -> dict[str, str]:
    """The public key as an entry of a JWKS document."""
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.public_key().public_numbers()
        return {"kty": "RSA", "n": _text(numbers.n, 256), "e": _text(numbers.e, 3)}
    point = key.public_key().public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": _text(point.x, 32), "y": _text(point.y, 32)}


def _text(value: int, size: int) -> str:
    return base64.urlsafe_b64encode(value.to_bytes(size)).rstrip(b"=").decode()


@contextmanager
def serving() -> Iterator[Issuer]:
    """An issuer that answers until the block ends."""
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked += 1
            self.send_response(issuer.status)
            for name, value in issuer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(issuer.document() if issuer.body is None else issuer.body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        issuer.address = f"http://127.0.0.1:{server.server_port}/keys"
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
