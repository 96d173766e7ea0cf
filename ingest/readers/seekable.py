"""A seekable file, for formats with the index at the end."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from ingest.readers.input_file import Source


@contextmanager
def seekable(source: Source) -> Iterator[pa.NativeFile]:
    """The file's bytes; a compressed one is unpacked to a temporary file.

    Raises: FileRefused for one that can't be unpacked.
    """
    if source.compression is None:
        with source.system.open_input_file(source.path) as file:
            yield file
        return
    with tempfile.TemporaryFile() as unpacked:
        try:
            with source.packed_stream() as stream:
                shutil.copyfileobj(stream, unpacked, 1 << 20)
        except OSError as error:
            raise source.cut_off(error) from error
        unpacked.seek(0)
        yield pa.PythonFile(unpacked, mode="r")
