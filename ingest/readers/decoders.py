"""Processes that decode packed files for a server, so that a file that takes too much memory ends one of them alone."""

import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
from pyarrow import fs, ipc

from ingest.files.file_format import FileFormat
from ingest.problems import FileRefused
from ingest.readers import decoder_process
from ingest.readers.columnar_formats import COLUMNAR_FORMATS, rows_of
from ingest.readers.decoder_process import request_line
from ingest.readers.decoding_limits import Pieces
from ingest.readers.input_file import Source
from ingest.readers.rows import Rows, Wanted

# Processes that are kept for the next file. Starting one takes half a second.
KEPT = 2
# Processes at once: each may take all of its memory.
MOST_AT_ONCE = 4
# The longest line before a frame: a refusal may quote the file.
_LINE_BYTES = 1 << 16
# Settings of ours, which may hold passwords, are not for it.
_PRIVATE = "MARQUEE_"


class Decoders:
    """Decodes files in processes of their own, each of which may take `memory_bytes`. Use from any thread."""

    def __init__(self, memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._change = threading.Lock()
        self._at_once = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._idle: list[_Decoder] = []
        weakref.finalize(self, _end_all, self._idle)

    @contextmanager
    def open_rows(self, source: Source, wanted: Wanted) -> Iterator[Rows]:
        """The wanted columns of a packed file on this machine's disk.

        Raises: FileRefused, on entering and while the rows are read, whatever happens to the process.
        """
        with self._asked(source, request_line("rows", source, wanted)) as decoder:
            head, content = decoder.frame()
            if head["kind"] != "schema":
                raise decoder.refusal(head)
            yield rows_of(source, Pieces(ipc.read_schema(content), decoder.pieces()), wanted)

    def unpacked_bytes(self, path: Path, form: FileFormat) -> int:
        """What `unpacked_size.unpacked_bytes` tells of a file.

        Raises: FileRefused.
        """
        if form not in COLUMNAR_FORMATS:
            return 0
        source = Source(fs.LocalFileSystem(), str(path), "the body", form, None, 0)
        with self._asked(source, request_line("size", source)) as decoder:
            head, _ = decoder.frame()
            if head["kind"] != "end":
                raise decoder.refusal(head)
            return int(head["size"])

    @contextmanager
    def _asked(self, source: Source, request: bytes) -> Iterator["_Decoder"]:
        """A process that has a request. It is kept if it came to the end of its answer."""
        with self._at_once:
            decoder = self._living() or _Decoder(_started(self._memory_bytes), self._memory_bytes)
            decoder.ask(source, request)
            try:
                yield decoder
            finally:
                with self._change:
                    is_kept = decoder.is_done and len(self._idle) < KEPT
                    if is_kept:
                        self._idle.append(decoder)
                if not is_kept:
                    decoder.end()

    def _living(self) -> "_Decoder | None":
        """A process that was kept, and has not ended since; None if there is none."""
        while True:
            with self._change:
                decoder = self._idle.pop() if self._idle else None
            if decoder is None or decoder.process.poll() is None:
                return decoder
            decoder.end()


def _started(memory_bytes: int) -> "subprocess.Popen[bytes]":
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(_PRIVATE)}
    # One pool and one arena: each would map more memory than it uses.
    surroundings |= {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", decoder_process.__name__, str(memory_bytes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=surroundings,
        # A terminal's Ctrl-C is for the server, which finishes what it has begun.
        start_new_session=True,
    )


def _end_all(decoders: list["_Decoder"]) -> None:
    for decoder in decoders:
        decoder.end()
    decoders.clear()


@dataclass
class _Decoder:
    """One process, and the file that it is at. `is_done` when it came to the end of its answer."""

    process: "subprocess.Popen[bytes]"
    memory_bytes: int
    source: Source | None = None
    is_done: bool = True

    def ask(self, source: Source, request: bytes) -> None:
        """Send a request."""
        self.source, self.is_done = source, False
        assert self.process.stdin is not None
        # If it has ended, reading says so.
        with suppress(OSError):
            self.process.stdin.write(request)
            self.process.stdin.flush()

    def frame(self) -> tuple[Mapping[str, Any], pa.Buffer]:
        """The next frame.

        Raises: FileRefused if the process has ended.
        """
        assert self.process.stdout is not None
        line = self.process.stdout.readline(_LINE_BYTES)
        try:
            head: Mapping[str, Any] = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise self._too_large() from error
        content = self.process.stdout.read(min(head["bytes"], self.memory_bytes))
        if len(content) != head["bytes"]:
            raise self._too_large()
        # One that ran out of memory may not have got it back.
        self.is_done = head["kind"] in ("end", "refused")
        return head, pa.py_buffer(content)

    def pieces(self) -> Iterator[tuple[int, pa.RecordBatch]]:
        """The rows that follow, to their end.

        Raises: FileRefused.
        """
        assert self.source is not None
        while True:
            head, content = self.frame()
            if head["kind"] == "end":
                return
            if head["kind"] != "rows":
                raise self.refusal(head)
            self.source.read_bytes = head["read"]
            with ipc.open_stream(content) as stream:
                yield head["first"], stream.read_next_batch()

    def refusal(self, head: Mapping[str, Any]) -> FileRefused:
        """The refusal that a frame says."""
        if head["kind"] != "refused":
            return self._too_large()
        return FileRefused(self._name, head["reason"])

    def end(self) -> None:
        """End the process."""
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            # A request that it no longer takes may be left in the pipe.
            with suppress(OSError):
                pipe.close()
        self.process.kill()
        self.process.wait()

    @property
    def _name(self) -> str:
        return "" if self.source is None else self.source.name

    def _too_large(self) -> FileRefused:
        return FileRefused(
            self._name,
            f"it is damaged, or decoding it takes too long, or more than the {self.memory_bytes >> 20:,} MiB that it "
            "may. Write it with smaller row groups or batches, or raise MARQUEE_INGEST_DECODE_BYTES",
        )
