"""Secret files: readable by their owner only, made on first use, replaced atomically.

A secret is 32 random bytes in hex. `server.identity.secret_ring` defines what else a line may hold.
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
    """The secret in a file; the file is made if missing.

    Raises: Unavailable if the file can't be made or read, is readable by others, or holds no valid secret.
    """
    return parse_secret(read_private(path), path)


def read_private(path: Path) -> str:
    """The text of a secret file; the file is made if missing.

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
    """Replace the text of a secret file atomically.

    Raises: Unavailable.
    """
    with _usable(path), _draft(path.resolve(), text) as draft:
        draft.replace(path.resolve())


def new_secret() -> bytes:
    """A new random secret."""
    return secrets.token_bytes(LENGTH_BYTES)


def parse_secret(text: str, path: Path) -> bytes:
    """Parse a secret from hex.

    Raises: Unavailable naming the file, without its content.
    """
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) < LENGTH_BYTES:
        raise Unavailable(
            f"The secret file {path} holds no secret of {LENGTH_BYTES} bytes in hex. Restore it. Without a copy, "
            "remove the file to get a new one: tokens signed by the old one become invalid, and people forgotten under "
            "it are no longer recognized."
        )
    return secret


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written to a draft and linked into place: two processes that start together get the same, complete secret.
    with _draft(path, new_secret().hex()) as draft:
        try:
            os.link(draft, path)
        except FileExistsError:
            return


@contextmanager
def _draft(path: Path, text: str) -> Iterator[Path]:
    """A private file next to another, removed at the end unless it was moved."""
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
