"""Secrets (one signs tokens, one keys hashes): 32 random bytes in a file that only its owner reads, made when first
needed.
"""

import os
import secrets
import stat
import tempfile
from pathlib import Path

from warehouse.errors import Unavailable

LENGTH_BYTES = 32


def read_secret(path: Path) -> bytes:
    """The secret, made if there is none.

    Raises: Unavailable when the file can't be made or read, is readable by others, or holds no secret.
    """
    try:
        _make(path)
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_bytes().strip()
    except OSError as error:
        raise Unavailable(
            f"The secret file {path} can't be used: {error.strerror}. Set MARQUEE_SECRET_FILE."
        ) from error
    if mode & 0o077:
        raise Unavailable(f"The secret file {path} can be read by others (mode {mode:o}). Run: chmod 600 {path}")
    try:
        secret = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        secret = b""
    if len(secret) < LENGTH_BYTES:
        raise Unavailable(
            f"The secret file {path} holds no secret of {LENGTH_BYTES} bytes in hex. Remove it to get a new one."
        )
    return secret


def _make(path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written beside and linked into place: two processes that start at once end with one secret, never with half of
    # one.
    descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    draft = Path(name)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(LENGTH_BYTES))
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
