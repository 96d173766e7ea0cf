"""`marquee ingest generate --live RATE --to URL`: send generated traffic to a running server until stopped."""

import asyncio
import re
import signal
from collections.abc import Callable
from contextlib import suppress

import httpx

from ingest.files.file_format import FileFormat
from ingest.live_traffic.sending import ANSWER_S, MOST_UNDER_WAY, Sender, Sent
from ingest.live_traffic.traffic import Traffic
from warehouse.errors import BadInput

LARGEST_PIECE = 100
PIECES_A_SECOND = 5
_RATE = re.compile(r"([1-9][0-9]{0,5})(?:/s)?")
_TIME = re.compile(r"([1-9][0-9]{0,5})([smh]?)")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3_600}


def parse_rate(text: str) -> int:
    """Rows a second: `500/s`.

    Raises: BadInput.
    """
    match = _RATE.fullmatch(text)
    if not match:
        raise BadInput(f"--live is {text!r}, expected rows a second: 500/s")
    return int(match[1])


def parse_time(text: str | None) -> float | None:
    """Seconds: `60s`, `5m`, `2h`; None means without end.

    Raises: BadInput.
    """
    if text is None:
        return None
    match = _TIME.fullmatch(text)
    if not match:
        raise BadInput(f"--for is {text!r}, expected a number with s, m or h: 60s")
    return float(int(match[1]) * _UNITS[match[2]])


def run_live(url: str, token: str, rows_per_s: int, for_s: float | None, seed: int, say: Callable[[str], None]) -> Sent:
    """Send films and people, then sessions at a rate; ends after `for_s` seconds, or at the first Ctrl-C.

    Raises: BadInput for a malformed address; Refused, Unavailable.
    """
    if not re.match(r"https?://", url):
        raise BadInput(f"--to is {url!r}, expected the address of a server with --live: http://127.0.0.1:8000")
    if not token:
        raise BadInput(
            "No token given. Set MARQUEE_TOKEN or add --token; get one with: marquee token issue --role ingest"
        )
    return asyncio.run(_run(url, token, rows_per_s, for_s, seed, say))


async def _run(
    url: str, token: str, rows_per_s: int, for_s: float | None, seed: int, say: Callable[[str], None]
) -> Sent:
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    # Relayed commands run outside of the main thread, where signals can't be handled.
    with suppress(RuntimeError):
        loop.add_signal_handler(signal.SIGINT, ending.set)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": FileFormat.NDJSON.media_type}
    limits = httpx.Limits(max_connections=MOST_UNDER_WAY)
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=ANSWER_S, limits=limits) as client:
        sender = Sender(client, ending)
        traffic = await asyncio.to_thread(Traffic.of, seed)
        await _catalogue(sender, traffic, say)
        if for_s is not None:
            loop.call_later(for_s, ending.set)
        piece = max(1, min(LARGEST_PIECE, rows_per_s // PIECES_A_SECOND))
        await sender.send(rows_per_s, piece, lambda number: traffic.sessions(number, piece))
    return sender.sent


async def _catalogue(sender: Sender, traffic: Traffic, say: Callable[[str], None]) -> None:
    for number, (table, body) in enumerate(traffic.catalogue()):
        answer = await sender.post(table, f"{table}-{number}", body)
        say(f"{answer['rows']:,} {table}: {answer['taken']:,} taken.")
