"""Secret files: what only their owner reads, made when first needed, and replaced as a whole.

A secret is 32 random bytes in hex. What a line may say beside it is the subject of `server.identity.secret_ring`.
"""

import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import Unavailable

LENGTH_BYTES = 32


def read_secret(path: Path) -> bytes:
    """The one secret of a file, made if there is none.

    Raises: Unavailable when the file can't be made or read, is readable by others, or holds no secret.
    """
    return parse_secret(read_private(path), path)


def read_private(path: Path) -> str:
    """The text of a secret file, which is made if there is none.

    Raises: Unavailable.
    """
    with _usable(path):
        if not path.exists():
            _make(path)
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_bytes()
    if mode & 0o077:
        raise Unavailable(f"The secret file {path} can be read by others (mode {mode:o}). Run: chmod 600 {path}")
    return text.decode("ascii", errors="replace").strip()


def replace_private(path: Path, text: str) -> None:
    """Put another text in the place of a secret file: who reads it meanwhile gets all of one or of the other.

    Raises: Unavailable.
    """
    with _usable(path), _draft(path.resolve(), text) as draft:
        draft.replace(path.resolve())


def new_secret() -> bytes:
    """A secret that nobody has had."""
    return secrets.token_bytes(LENGTH_BYTES)


def parse_secret(text: str, path: Path) -> bytes:
    """A secret from its hex.

    Raises: Unavailable, which names the file and shows nothing of it.
    """
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) < LENGTH_BYTES:
        raise Unavailable(
            f"The secret file {path} holds no secret of {LENGTH_BYTES} bytes in hex. Restore it. Without a copy, "
            "remove the file to get a new one: tokens of the former end, and whoever was forgotten under it is "
            "known no more."
        )
    return secret


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written beside and linked into place: two processes that start at once end with one secret, never with half of
    # one.
    with _draft(path, new_secret().hex()) as draft:
        try:
            os.link(draft, path)
        except FileExistsError:
            return


@contextmanager
def _draft(path: Path, text: str) -> Iterator[Path]:
    """A file beside another, readable by its owner only, gone at the end unless it was moved."""
    descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
        yield draft
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _usable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(
            f"The secret file {path} can't be used: {error.strerror}. Set MARQUEE_SECRET_FILE."
        ) from error
