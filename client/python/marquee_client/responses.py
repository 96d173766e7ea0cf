"""Reads responses: data, or the error that they tell of."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from marquee_client.errors import UNREADABLE, MarqueeError

ARROW = "application/vnd.apache.arrow.stream"
_CODES = {401: "UNAUTHENTICATED", 403: "FORBIDDEN", 429: "OVERLOADED", 502: "UNAVAILABLE", 503: "UNAVAILABLE"}


def read_data(response: httpx.Response) -> dict[str, Any]:
    """The data of a JSON response.

    Raises: MarqueeError.
    """
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise MarqueeError(
            _CODES.get(response.status_code, UNREADABLE),
            f"The server answered with status {response.status_code} and a body that is not JSON. A proxy on the way "
            "may have answered instead.",
            retry_after_s=retry_after_s(response),
        )
    return data_of(body, response)


def data_of(body: Mapping[str, Any], response: httpx.Response) -> dict[str, Any]:
    """The data of a response's parsed body, or of an event.

    Raises: MarqueeError if anything in it failed.
    """
    errors = body.get("errors") or ()
    if errors:
        code = errors[0].get("extensions", {}).get("code") or _CODES.get(response.status_code, UNREADABLE)
        raise MarqueeError(code, errors[0]["message"], errors, retry_after_s(response))
    data = body.get("data")
    if not isinstance(data, dict):
        raise MarqueeError(UNREADABLE, f"The server answered with status {response.status_code} and no data.")
    return data


def read_arrow(response: httpx.Response) -> bytes:
    """The bytes of an Arrow stream.

    Raises: MarqueeError if the response is none.
    """
    if response.headers.get("content-type", "").partition(";")[0] == ARROW:
        return response.content
    read_data(response)
    raise MarqueeError(UNREADABLE, "The server answered with JSON instead of an Arrow stream.")


def retry_after_s(response: httpx.Response) -> float | None:
    """When the server asks to be asked again: seconds, or an instant; None if it does not say."""
    text = response.headers.get("retry-after")
    if text is None:
        return None
    if text.isdecimal():
        return float(text)
    try:
        return max((parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None
