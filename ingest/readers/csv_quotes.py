"""Where quoted cells of CSV end, in time that grows with the text alone.

What a quote opens may turn out not to be a quoted cell, after much text was looked at; then cells that begin within it
are asked for, too. What was found of that text is remembered, so that none of it is looked at again for each of them.
"""

import re
from array import array
from dataclasses import dataclass

_UNKNOWN, _NEVER = 0, -1


@dataclass(frozen=True, slots=True)
class Quoting:
    """One way of writing a quote within quotes: doubled, or behind an `escape`. One of the `stops` ends the search."""

    quote: bytes
    escape: bytes | None
    is_doubled: bool
    stops: bytes = b""

    @property
    def whole(self) -> "re.Pattern[bytes]":
        """A quoted cell."""
        quote, signs, stops = re.escape(self.quote), re.escape(self._signs), re.escape(self.stops)
        ways = [b"[^" + signs + b"]"]
        if self.escape is not None:
            ways.append(re.escape(self.escape) + (b"[^" + stops + b"]" if stops else rb"[\s\S]"))
        if self.is_doubled:
            ways.append(quote * 2)
        return re.compile(quote + b"(?:" + b"|".join(ways) + b")*+" + quote)

    @property
    def signs(self) -> "re.Pattern[bytes]":
        """Any byte that means something within quotes."""
        return re.compile(b"[" + re.escape(self._signs) + b"]")

    @property
    def _signs(self) -> bytes:
        return self.quote + (self.escape or b"") + self.stops

    def after(self, text: bytes, place: int) -> int | None:
        """Where the search goes on behind a sign; `place` itself if that closes, None if nothing closes any more."""
        sign, following = text[place : place + 1], text[place + 1 : place + 2]
        if sign == self.escape:
            return place + 2 if following and following not in self.stops else None
        if sign != self.quote:
            return None
        return place + 2 if self.is_doubled and following == self.quote else place


class ClosingQuotes:
    """The closing quotes of one text. `looked_at` counts the characters that were looked at."""

    def __init__(self, quoting: Quoting, text: bytes) -> None:
        self._quoting, self._text = quoting, text
        self._whole, self._signs = quoting.whole, quoting.signs
        self._known_to = 0
        # By the place of a sign: where a search that comes to it ends.
        self._ends = array("i")
        self.looked_at = 0

    def of(self, opening: int) -> int | None:
        """The place of the quote that closes what the one at a place opens; None if there is none. Openings are asked
        for in the order of the text.
        """
        if opening < self._known_to:
            return self._remembered(opening + 1)
        found = self._whole.match(self._text, opening)
        self._known_to = found.end() if found else self._stop(opening)
        self.looked_at += self._known_to - opening
        return found.end() - 1 if found else None

    def _stop(self, start: int) -> int:
        """The end of the text, or of what is searched before it."""
        stops = (self._text.find(bytes((stop,)), start) for stop in self._quoting.stops)
        return min((place for place in stops if place >= 0), default=len(self._text))

    def _remembered(self, start: int) -> int | None:
        if not self._ends:
            self._ends = array("i", bytes(self._ends.itemsize * len(self._text)))
        end = self._followed(start)
        at: int | None = start
        while at is not None and (sign := self._sign(at)) is not None and self._ends[sign] == _UNKNOWN:
            self._ends[sign] = end
            after = self._quoting.after(self._text, sign)
            at = None if after == sign else after
        return None if end == _NEVER else end

    def _followed(self, start: int) -> int:
        """Where a search from a place ends, by what is known of the signs that it comes to."""
        at = start
        while (sign := self._sign(at)) is not None:
            if self._ends[sign] != _UNKNOWN:
                return self._ends[sign]
            after = self._quoting.after(self._text, sign)
            if after is None or after == sign:
                return _NEVER if after is None else sign
            at = after
        return _NEVER

    def _sign(self, start: int) -> int | None:
        found = self._signs.search(self._text, start)
        place = found.start() if found else None
        self.looked_at += (len(self._text) if place is None else place + 1) - start
        return place
