"""A local or object store file as a stream of bytes. Its name says its format, which its first bytes must confirm."""

import codecs
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import pyarrow as pa
from pyarrow import fs

from ingest.files.dialect import Dialect
from ingest.files.file_format import FileFormat
from ingest.problems import FileRefused
from ingest.readers.csv_delimiter import delimiter_of
from ingest.readers.encodings import Bytes, Utf8, encoding_of

FORMATS: dict[str, FileFormat] = {
    ".csv": FileFormat.CSV,
    ".tsv": FileFormat.CSV,
    ".ndjson": FileFormat.NDJSON,
    ".jsonl": FileFormat.NDJSON,
    ".parquet": FileFormat.PARQUET,
    ".pq": FileFormat.PARQUET,
    ".arrow": FileFormat.ARROW,
    ".arrows": FileFormat.ARROW,
    ".feather": FileFormat.ARROW,
}
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
MAGIC = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    # Frames to be skipped, which may come first in zstd.
    **{bytes((kind,)) + b"\x2a\x4d\x18": "zstd" for kind in range(0x50, 0x60)},
    b"PAR1": FileFormat.PARQUET.label,
    b"ARROW1": FileFormat.ARROW.label,
    b"\xff\xff\xff\xff": FileFormat.ARROW.label,  # a stream
    b"PK\x03\x04": "ZIP",
}
DEFAULT_DIALECT = Dialect()
HEAD_BYTES = 1 << 20
# A CSV record or a line of NDJSON, which is whole in memory.
LONGEST_RECORD_BYTES = 64 << 20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass
class Source:
    """One file; `name` is what the user calls it. Of text no record is longer than `longest_record_bytes`. `read_bytes`
    counts the stored bytes read so far.
    """

    system: fs.FileSystem
    path: str
    name: str
    format: FileFormat
    compression: str | None
    size_bytes: int
    delimiter: str = ","
    dialect: Dialect = DEFAULT_DIALECT
    encoding: str | None = None
    longest_record_bytes: int = LONGEST_RECORD_BYTES
    read_bytes: int = 0
    _file: pa.NativeFile | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls,
        path: Path | str,
        name: str,
        dialect: Dialect = DEFAULT_DIALECT,
        format_: FileFormat | None = None,
    ) -> "Source":
        """The file at a path, or at an address with a scheme. Its format, unless given, and its compression come from
        its name and are confirmed by its first bytes.

        Raises: FileRefused.
        """
        suffixes = [suffix.lower() for suffix in PurePosixPath(path).suffixes]
        compression = COMPRESSIONS.get(suffixes[-1]) if suffixes else None
        kept = suffixes[:-1] if compression else suffixes
        format_ = format_ or (FORMATS.get(kept[-1]) if kept else None)
        if format_ is None:
            known = ", ".join(FORMATS)
            reason = f"its name does not say its format, expected {known}, and .gz or .zst after it, or --format"
            raise FileRefused(name, reason)
        try:
            system, inside = located(path)
            source = cls(system, inside, name, format_, compression, system.get_file_info(inside).size or 0)
            source.dialect = dialect
            source.delimiter = dialect.delimiter or delimiter_of(kept[-1] if kept else "")
            source._confirm()
        except (OSError, pa.ArrowInvalid) as error:
            why = getattr(error, "strerror", None) or str(error).splitlines()[0]
            raise FileRefused(name, f"it can't be read: {why}") from error
        return source

    @contextmanager
    def stream(self) -> Iterator[Bytes]:
        """The bytes, decompressed, and text as UTF-8."""
        with self.packed_stream() as stream:
            yield stream if self.encoding is None else Utf8(stream, self.encoding, self.name)

    @contextmanager
    def packed_stream(self) -> Iterator[pa.NativeFile]:
        """The bytes, decompressed."""
        with self.system.open_input_file(self.path) as file:
            self._file = file
            if self.compression is None:
                yield file
            else:
                with pa.CompressedInputStream(file, self.compression) as stream:
                    yield stream

    def head(self) -> bytes:
        """The first bytes, decompressed, at most `HEAD_BYTES`."""
        with self.stream() as stream:
            return _read_up_to(stream, HEAD_BYTES)

    def note_position(self) -> None:
        """Record how far the file was read, for the progress bar."""
        if self._file is not None and not self._file.closed:
            self.read_bytes = self._file.tell()

    def take(self, stream: Bytes, size_bytes: int) -> bytes:
        """The next bytes of the stream; empty at its end.

        Raises: FileRefused if the file can't be read any further.
        """
        try:
            taken = bytes(stream.read(size_bytes))
        except OSError as error:
            raise self.cut_off(error) from error
        self.note_position()
        return taken

    def refuse_repeated(self, names: Sequence[str]) -> None:
        """Raises: FileRefused for a repeated column name, which would be ambiguous."""
        repeated = [name for name, count in Counter(names).items() if count > 1]
        if repeated:
            raise FileRefused(self.name, f"it has the column {repeated[0]} more than once")

    def too_long(self, what: str) -> FileRefused:
        """The refusal of a file with a record that is too long; `what` names it."""
        return FileRefused(self.name, f"{what} is longer than {self.longest_record_bytes >> 20} MiB")

    def cut_off(self, error: Exception) -> FileRefused:
        """The refusal of a file that can't be read to its end."""
        return FileRefused(self.name, f"it is cut off or damaged: {str(error).splitlines()[0]}")

    def _confirm(self) -> None:
        with self.system.open_input_file(self.path) as file:
            raw = bytes(file.read(16))
        if not raw:
            raise FileRefused(self.name, "it is empty, expected at least a header or one row")
        found = magic_of(raw)
        if self.compression and found != self.compression:
            raise FileRefused(self.name, f"its name says {self.compression}, but it is {found or 'not compressed'}")
        if self.compression:
            found = self._decompressed_magic()
        expected = self.format.label if self.format in {FileFormat.PARQUET, FileFormat.ARROW} else None
        if found != expected:
            seen = found or _glimpse(self.head())
            raise FileRefused(self.name, f"its name says {self.format.label}, but its first bytes are {seen}")
        if self.format in {FileFormat.CSV, FileFormat.NDJSON}:
            self.encoding = _unless_utf8(self.dialect.encoding) or encoding_of(self.head())

    def _decompressed_magic(self) -> str | None:
        try:
            head = self.head()
        except OSError as error:
            raise self.cut_off(error) from error
        if not head:
            raise FileRefused(self.name, "it is empty, expected at least a header or one row")
        return magic_of(head)


def located(path: Path | str) -> tuple[fs.FileSystem, str]:
    """The file system of a path, or of an address with a scheme such as `s3://`, and the path in it.

    Raises: pyarrow.ArrowInvalid for an unknown scheme, OSError for a store that does not answer.
    """
    if isinstance(path, Path):
        return fs.LocalFileSystem(), str(path)
    system, inside = fs.FileSystem.from_uri(path)
    return system, inside


def magic_of(head: bytes) -> str | None:
    """The format by the first bytes of a file; None if they match none."""
    return next((name for magic, name in MAGIC.items() if head.startswith(magic)), None)


def _read_up_to(stream: Bytes, size: int) -> bytes:
    """The next bytes, as many as there are: a stream of several compressed frames gives one at a time."""
    taken = b""
    while len(taken) < size and (more := bytes(stream.read(size - len(taken)))):
        taken += more
    return taken


def _unless_utf8(encoding: str | None) -> str | None:
    return None if encoding is None or codecs.lookup(encoding).name in {"utf-8", "utf-8-sig"} else encoding


def _glimpse(head: bytes) -> str:
    return repr(head[:24].decode(errors="backslashreplace"))
