"""Sending at a rate: each piece of rows has its own idempotency key, and is sent again until it is answered.

A busy or unreachable server is waited for; a refusal that a retry can't cure ends the sending. Pieces are made when
they are due, and few are in flight at once: a slow server gets fewer pieces, not all of them later.
"""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from warehouse.errors import MarqueeError, Unavailable

MOST_UNDER_WAY = 64
LONGEST_WAIT_S = 8.0
ANSWER_S = 60.0
# How long unanswered requests are still retried after the end.
GRACE_S = 30.0
_COME_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass
class Sent:
    """Counts of what was sent, by outcome."""

    requests: int = 0
    rows: int = 0
    taken: int = 0
    malformed: int = 0
    repeats: int = 0
    unanswered: int = 0
    slowest_s: float = 0.0
    seconds: float = 0.0

    def take(self, answer: dict[str, int], seconds: float) -> None:
        """Count an answer."""
        self.requests += 1
        for name in ("rows", "taken", "malformed"):
            setattr(self, name, getattr(self, name) + answer[name])
        self.slowest_s = max(self.slowest_s, seconds)

    def sentence(self) -> str:
        """One line for a person."""
        lost = f" {self.unanswered:,} requests got no answer." if self.unanswered else ""
        return (
            f"Sent {self.rows:,} sessions in {self.requests:,} requests, {self.rows / max(self.seconds, 1e-9):,.0f}/s: "
            f"{self.taken:,} taken, {self.malformed:,} malformed, in "
            f"{self.seconds:.1f} s. Sent again: {self.repeats:,}. Slowest answer: {self.slowest_s:.2f} s.{lost}"
        )


class Refused(MarqueeError):
    """The server refuses the request, and would again."""

    code = "BAD_INPUT"


@dataclass
class Sender:
    """Sends to one server with one token; `run` makes the keys of this run unique."""

    client: httpx.AsyncClient
    ending: asyncio.Event
    sent: Sent = field(default_factory=Sent)
    run: str = field(default_factory=lambda: secrets.token_hex(8))
    ends_at: float = float("inf")

    async def post(self, table: str, name: str, body: bytes) -> dict[str, int]:
        """The answer to a body, however often it must be sent.

        Raises: Refused; Unavailable when there is no answer long after the end.
        """
        wait_s = 0.5
        while True:
            try:
                response = await self.client.post(
                    f"/ingest/{table}", content=body, headers={"Idempotency-Key": f"live-{self.run}-{name}"}
                )
            except httpx.TransportError as error:
                response, why = None, f"{type(error).__name__} {error}".strip()
            if response is not None and response.status_code == httpx.codes.OK:
                answer: dict[str, int] = response.json()
                return answer
            if response is not None:
                why = _why(response)
                if response.status_code not in _COME_AGAIN:
                    raise Refused(f"The server refuses {table}: {why}")
            await self._pause(_wait_s(response, wait_s), why)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
            self.sent.repeats += 1

    async def _pause(self, seconds: float, why: str) -> None:
        if time.monotonic() + seconds > self.ends_at + GRACE_S:
            raise Unavailable(f"The server gave no answer: {why}")
        await asyncio.sleep(seconds)

    async def send(self, rows_per_s: float, rows: int, body: Callable[[int], bytes]) -> None:
        """Send pieces of so many rows at a rate until the end; `body` makes the nth piece.

        Raises: Refused.
        """
        began, room = time.monotonic(), asyncio.Semaphore(MOST_UNDER_WAY)
        try:
            async with asyncio.TaskGroup() as tasks:
                number = 0
                while not self.ending.is_set():
                    await room.acquire()
                    tasks.create_task(self._one(number, body(number), room))
                    number += 1
                    await self._until(began + number * rows / rows_per_s)
                self.ends_at = time.monotonic()
        except* MarqueeError as errors:
            raise errors.exceptions[0] from None
        finally:
            self.sent.seconds = time.monotonic() - began

    async def _one(self, number: int, body: bytes, room: asyncio.Semaphore) -> None:
        began = time.monotonic()
        try:
            self.sent.take(await self.post("viewing_sessions", str(number), body), time.monotonic() - began)
        except Unavailable:
            self.sent.unanswered += 1
        finally:
            room.release()

    async def _until(self, moment: float) -> None:
        """Wait for a moment, or the end."""
        left = moment - time.monotonic()
        if left > 0:
            try:
                await asyncio.wait_for(self.ending.wait(), left)
            except TimeoutError:
                return


def _wait_s(response: httpx.Response | None, otherwise_s: float) -> float:
    said = response.headers.get("retry-after", "") if response is not None else ""
    return float(said) if said.isdigit() else otherwise_s


def _why(response: httpx.Response) -> str:
    """The sentence of a refusal."""
    try:
        return str(response.json()["errors"][0]["message"])
    except (ValueError, KeyError, IndexError, TypeError):
        return f"status {response.status_code}"
