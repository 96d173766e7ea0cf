"""The messages of `graphql-transport-ws`: parsing, and the close codes; independent of any socket.

Source: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any

import orjson

from server.answering.budget import TooManyRequests
from server.answering.request import GraphQLRequest
from server.http.requests import Charge, graphql_request_of
from server.strict_json import loaded
from warehouse.errors import BadInput

PROTOCOL = "graphql-transport-ws"
MOST_ID = 128
# The limit of a close frame.
_MOST_REASON_BYTES = 123


class Code(IntEnum):
    """Why a socket is closed. Clients reconnect after FORBIDDEN and TRY_LATER, and give up after the others."""

    TRY_LATER = 1013
    INVALID = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    PROTOCOL = 4406
    NO_INIT = 4408
    TAKEN_ID = 4409
    TOO_MANY = 4429


class Closed(Exception):
    """The socket has to close; the reason is truncated to fit a close frame."""

    def __init__(self, code: Code, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:_MOST_REASON_BYTES].decode(errors="ignore")


@dataclass(frozen=True)
class Init:
    """The first message; its `payload` holds the token."""

    payload: Mapping[str, Any] = field(default_factory=dict)

    @property
    def authorization(self) -> str | None:
        """The value of an `Authorization` header: sent under that name, or as a bare token in `token`.

        Raises: Closed where it is sent twice.
        """
        given = {name.lower(): value for name, value in self.payload.items()}
        if len(given) < len(self.payload) or {"authorization", "token"} <= given.keys():
            raise Closed(Code.INVALID, "connection_init has several tokens. Send one.")
        if isinstance(given.get("authorization"), str):
            return str(given["authorization"])
        return f"Bearer {given['token']}" if isinstance(given.get("token"), str) else None


@dataclass(frozen=True)
class Ping:
    """Needs a pong in reply."""


@dataclass(frozen=True)
class Pong:
    """Needs no reply."""


@dataclass(frozen=True)
class Subscribe:
    """Starts an operation of any kind."""

    id: str
    graphql_request: GraphQLRequest


@dataclass(frozen=True)
class Complete:
    """Ends an operation from the client's side."""

    id: str


Message = Init | Ping | Pong | Subscribe | Complete


def read_message(text: str | None, most_bytes: int, charge: Charge = lambda _: None) -> Message:
    """Parse a client's message; None stands for a binary message. `charge` is told its size before that.

    Raises: Closed for an invalid message, and for one that its sender may not send now.
    """
    if text is None:
        raise Closed(Code.INVALID, "Messages are text, not binary.")
    sent = text.encode() if len(text) <= most_bytes else b""
    if len(text) > most_bytes or len(sent) > most_bytes:
        raise Closed(Code.INVALID, f"The message is larger than {most_bytes} bytes. Send less.")
    try:
        charge(len(sent))
        said = loaded(sent)
    except TooManyRequests as error:
        raise Closed(Code.TRY_LATER, str(error)) from error
    except orjson.JSONDecodeError as error:
        raise Closed(Code.INVALID, f"The message is not valid JSON: {error.msg} at character {error.pos}.") from error
    except BadInput as error:
        raise Closed(Code.INVALID, str(error)) from error
    if not isinstance(said, dict):
        raise Closed(Code.INVALID, 'The message is not an object. Send {"type": ...}.')
    message = _message(said)
    if isinstance(message, Subscribe):
        return replace(message, graphql_request=replace(message.graphql_request, size_bytes=len(sent)))
    return message


def _message(said: dict[str, Any]) -> Message:
    match said.get("type"):
        case "connection_init":
            return Init(_payload(said))
        case "ping":
            return Ping()
        case "pong":
            return Pong()
        case "subscribe":
            return Subscribe(_id(said), _graphql_request(said))
        case "complete":
            return Complete(_id(said))
        case _:
            raise Closed(Code.INVALID, "type is one of connection_init, ping, pong, subscribe, complete.")


def _payload(said: dict[str, Any]) -> dict[str, Any]:
    payload = said.get("payload")
    if payload is None:
        return {}
    if not isinstance(payload, dict):
        raise Closed(Code.INVALID, "payload is not an object.")
    return payload


def _id(said: dict[str, Any]) -> str:
    found = said.get("id")
    if not isinstance(found, str) or not 1 <= len(found) <= MOST_ID:
        raise Closed(Code.INVALID, f"id is not a text of 1 to {MOST_ID} characters.")
    return found


def _graphql_request(said: dict[str, Any]) -> GraphQLRequest:
    try:
        return graphql_request_of(_payload(said))
    except BadInput as error:
        raise Closed(Code.INVALID, str(error)) from error
