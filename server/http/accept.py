"""`Accept`: which media type an answer has, by quality and order.

Source: https://www.rfc-editor.org/rfc/rfc9110#name-accept
"""

from collections.abc import Sequence
from dataclasses import dataclass

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
EVENTS = "text/event-stream"


@dataclass(frozen=True)
class _Range:
    """One media range: `type/subtype`, where either may be `*`, and its quality, 0 to 1."""

    kind: str
    quality: float

    def specificity(self, kind: str) -> int:
        """How closely it matches a media type: 3 by name, 2 by its type, 1 as anything, 0 not at all."""
        if self.kind == kind:
            return 3
        if self.kind == f"{kind.partition('/')[0]}/*":
            return 2
        return 1 if self.kind == "*/*" else 0


def preferred(header: str | None, offered: Sequence[str]) -> str | None:
    """The offered media type that the client likes best; None if it accepts none of them.

    The quality decides, then whether the client names the type, then the client's order, then ours. Without a header
    anything is accepted.
    """
    ranges = _ranges(header or "*/*")
    liked: list[tuple[float, int, int, int, str]] = []
    for place, kind in enumerate(offered):
        matches = [(one.specificity(kind), -order, one.quality) for order, one in enumerate(ranges)]
        closeness, order, quality = max(matches, default=(0, 0, 0.0))
        if closeness and quality > 0:
            liked.append((quality, closeness, order, -place, kind))
    return max(liked)[-1] if liked else None


def json_kind(header: str | None) -> str:
    """The media type of a JSON answer. A client that accepts neither gets JSON, which is better than nothing."""
    return preferred(header, (JSON, GRAPHQL)) or JSON


def wants_events(header: str | None, subscribes: bool) -> bool:
    """Whether an answer is a stream of events: of a subscription where events are accepted, of others where JSON is
    not.
    """
    if header is None or preferred(header, (EVENTS,)) is None:
        return False
    named = any(one.kind == EVENTS for one in _ranges(header))
    return named and (subscribes or preferred(header, (JSON, GRAPHQL)) is None)


def _ranges(header: str) -> list[_Range]:
    return [_range(part) for part in header.split(",") if part.strip()]


def _range(part: str) -> _Range:
    kind, *parameters = part.split(";")
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            quality = _quality(value.strip())
    return _Range(kind.strip().lower(), quality)


def _quality(text: str) -> float:
    """A quality; one that can't be read accepts nothing."""
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
