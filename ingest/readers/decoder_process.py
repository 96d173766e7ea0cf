"""The process that decodes packed files for a server, within a limit of memory: what a file makes it do ends it alone.

It reads one request a line and answers in frames: a line of JSON, and as many bytes after it as that says. It has no
part in anything else: no settings, no warehouse, no network.
"""

import math
import os
import resource
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import pyarrow as pa
from pyarrow import fs, ipc

from ingest.files.file_format import FileFormat
from ingest.problems import FileRefused
from ingest.readers.columnar_formats import open_pieces
from ingest.readers.input_file import Source
from ingest.readers.rows import Wanted
from ingest.readers.unpacked_size import unpacked_bytes

# Decoding takes a hundredth of that.
LEAST_S, BYTES_A_S = 30, 1 << 20
PAGE_BYTES = resource.getpagesize()


def limit_memory(more_bytes: int) -> None:
    """Let this process take so many bytes more than it has, write no file, and open few."""
    has_bytes = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * PAGE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (has_bytes + more_bytes,) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def limit_time(more_s: int) -> None:
    """Let this process take so many seconds of a processor more than it has: then it is killed."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    taken_s = math.ceil(used.ru_utime + used.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (taken_s + more_s, resource.RLIM_INFINITY))


def main() -> None:
    """Answer requests until there are no more."""
    # Threads take address space, and a server has others to serve.
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    limit_memory(int(sys.argv[1]))
    # What a library prints must not be taken for a frame.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    for line in sys.stdin.buffer:
        answer(orjson.loads(line), answers)
        pa.default_memory_pool().release_unused()


def answer(request: Mapping[str, Any], to: BinaryIO) -> None:
    """Answer one request, however it ends."""
    try:
        path, form = request["path"], FileFormat(request["format"])
        limit_time(LEAST_S + Path(path).stat().st_size // BYTES_A_S)
        if request["what"] == "size":
            send(to, {"kind": "end", "size": unpacked_bytes(Path(path), form)})
            return
        source = Source(fs.LocalFileSystem(), path, request["name"], form, None, request["size"])
        send_pieces(source, wanted_of(request), to)
        send(to, {"kind": "end"})
    except FileRefused as error:
        send(to, {"kind": "memory"} if _is_of_memory(error) else {"kind": "refused", "reason": error.reason})
    except MemoryError:
        send(to, {"kind": "memory"})


def _is_of_memory(error: BaseException | None) -> bool:
    """Whether it began with memory that was not given."""
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__ or error.__context__
    return False


def send_pieces(source: Source, wanted: Wanted, to: BinaryIO) -> None:
    """Send the file's own schema, and then its rows in pieces of plain types."""
    with open_pieces(source, wanted) as found:
        send(to, {"kind": "schema"}, found.schema.serialize())
        for first, piece in found.batches:
            sink = pa.BufferOutputStream()
            with ipc.new_stream(sink, piece.schema) as stream:
                stream.write_batch(piece)
            send(to, {"kind": "rows", "first": first, "read": source.read_bytes}, sink.getvalue())


def send(to: BinaryIO, head: Mapping[str, Any], content: pa.Buffer | bytes = b"") -> None:
    """Send one frame."""
    view = memoryview(content)
    to.write(orjson.dumps({**head, "bytes": view.nbytes}) + b"\n")
    sent = 0
    while sent < view.nbytes:
        sent += to.write(view[sent:]) or 0


def request_line(what: str, source: Source, wanted: Wanted | None = None) -> bytes:
    """A request as a line."""
    asked: dict[str, Any] = {"what": what, "path": source.path, "name": source.name}
    asked |= {"format": source.format.value, "size": source.size_bytes}
    if wanted is not None:
        asked["wanted"] = {
            "columns": sorted(wanted.columns),
            "rest": wanted.rest,
            "gaps": wanted.gaps,
            "lists": sorted(wanted.lists),
            "left_out": sorted(wanted.left_out),
        }
    return orjson.dumps(asked) + b"\n"


def wanted_of(request: Mapping[str, Any]) -> Wanted:
    """What a request wants of a file."""
    asked = request["wanted"]
    lists = (frozenset(asked[name]) for name in ("columns", "lists", "left_out"))
    columns, may_be_lists, left_out = lists
    return Wanted(columns, asked["rest"], asked["gaps"], may_be_lists, left_out)


if __name__ == "__main__":
    main()
