"""Bodies of rows: received in pieces, unpacked, measured, and kept in a file while they are read.

Disk access and unpacking run in threads, so other requests are not blocked.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
from anyio import to_thread
from starlette.requests import ClientDisconnect, Request

from ingest.files.file_format import FileFormat
from ingest.readers.columnar_formats import COLUMNAR_FORMATS
from server.http.disconnect import ClientLeft
from server.http.requests import TooLarge, UnsupportedType
from server.ingesting.capacity import Reservation
from server.ingesting.intake import Intake
from warehouse.errors import BadInput, Unavailable, descriptors_ran_out, is_out_of_descriptors

ENCODINGS = {"gzip": "gzip", "x-gzip": "gzip", "zstd": "zstd"}
PIECE_BYTES = 1 << 20
# A body that sends nothing for this long is dropped. Slow ones are dropped by `server.http.connections`.
SILENT_S = 15.0


class TooSlow(BadInput):
    """The body stopped coming."""


@dataclass(frozen=True, slots=True)
class Body:
    """A complete, unpacked body: its path, its size, and a digest of its content, table and format."""

    path: Path
    size_bytes: int
    fingerprint: str


@asynccontextmanager
async def received(
    request: Request, intake: Intake, reservation: Reservation, most_bytes: int, table: str, form: FileFormat
) -> AsyncIterator[Body]:
    """Receive a request's body into files that are removed when the block ends.

    Raises: Unavailable if they can't be stored, Overloaded if no more files can be opened; TooLarge, NoCapacity,
    TooSlow; UnsupportedType for an unknown encoding; BadInput for a body that does not decode; ClientLeft if the client
    disconnected before the end.
    """
    encoding = _encoding(request)
    sent, unpacked = intake.inbox.path(), intake.inbox.path()
    try:
        try:
            _check_announced(request, most_bytes)
            await _keep(request.stream(), sent, most_bytes, reservation)
            if encoding is not None:
                await _keep(_unpacked(sent, encoding), unpacked, most_bytes, reservation)
            path = sent if encoding is None else unpacked
            measure = partial(intake.decoders.unpacked_bytes, path, form)
            if form in COLUMNAR_FORMATS and await intake.measuring.run(reservation.sender, measure) > most_bytes:
                raise _too_large(most_bytes)
            size_bytes, fingerprint = await to_thread.run_sync(_measured, path, f"{table} {form} ")
        except OSError as error:
            if is_out_of_descriptors(error):
                raise descriptors_ran_out() from error
            raise Unavailable(f"The body can't be stored: {error.strerror}. Nothing was loaded.") from error
        yield Body(path, size_bytes, fingerprint)
    finally:
        await to_thread.run_sync(_remove, sent, unpacked)


def _encoding(request: Request) -> str | None:
    named = request.headers.get("content-encoding", "identity").strip().lower()
    if named == "identity":
        return None
    if named not in ENCODINGS:
        raise UnsupportedType(f"The body's encoding is {named}. Send it plain, or with Content-Encoding: gzip or zstd.")
    return ENCODINGS[named]


def _check_announced(request: Request, most_bytes: int) -> None:
    """Raises: TooLarge for a body that says so itself."""
    said = request.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and int(said) > most_bytes:
        raise _too_large(most_bytes)


async def _keep(pieces: AsyncIterator[bytes], path: Path, most_bytes: int, reservation: Reservation) -> None:
    """Write pieces to a file."""
    kept, size_bytes = bytearray(), 0
    while (piece := await _next(pieces)) is not None:
        size_bytes += len(piece)
        if size_bytes > most_bytes:
            raise _too_large(most_bytes)
        reservation.take(len(piece))
        kept += piece
        if len(kept) >= PIECE_BYTES:
            await to_thread.run_sync(_append, path, bytes(kept))
            kept.clear()
    await to_thread.run_sync(_append, path, bytes(kept))


async def _next(pieces: AsyncIterator[bytes]) -> bytes | None:
    try:
        async with asyncio.timeout(SILENT_S):
            return await anext(pieces, None)
    except TimeoutError as error:
        raise TooSlow(f"The body stalled for {SILENT_S:.0f} s. Nothing was loaded.") from error
    except ClientDisconnect as error:
        raise ClientLeft from error


async def _unpacked(path: Path, encoding: str) -> AsyncIterator[bytes]:
    with pa.CompressedInputStream(pa.OSFile(str(path)), encoding) as stream:
        while piece := await to_thread.run_sync(_read, stream, encoding):
            yield piece


def _read(stream: pa.NativeFile, encoding: str) -> bytes:
    try:
        return bytes(stream.read(PIECE_BYTES))
    except OSError as error:
        what = str(error).splitlines()[0]
        raise BadInput(f"The body is not valid {encoding}, or is truncated: {what}. Nothing was loaded.") from error


def _append(path: Path, content: bytes) -> None:
    with path.open("ab") as file:
        file.write(content)


def _measured(path: Path, announced: str) -> tuple[int, str]:
    digest, size_bytes = sha256(announced.encode()), 0
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
            size_bytes += len(piece)
    return size_bytes, digest.hexdigest()


def _remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _too_large(most_bytes: int) -> TooLarge:
    return TooLarge(
        f"The body is larger than {most_bytes} bytes, compressed or unpacked. Send it in pieces, or raise "
        "MARQUEE_INGEST_BODY_BYTES."
    )
