"""What `marquee login` saved: a token for each server, in a file that only its owner reads."""

import os
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import orjson

from warehouse.engine.private_folder import make_private
from warehouse.errors import Unavailable


@dataclass(frozen=True)
class SavedLogins:
    """Tokens by the address of their server, and the server of the last login; '' where there is none."""

    tokens: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    current: str = ""

    def with_login(self, url: str, token: str) -> "SavedLogins":
        """These and one more, which is then the current one."""
        return replace(self, tokens={**self.tokens, url: token}, current=url)

    def without(self, url: str) -> "SavedLogins":
        """These without a server's."""
        rest = {one: token for one, token in self.tokens.items() if one != url}
        return SavedLogins(rest, "" if self.current == url else self.current)


def logins_path() -> Path:
    """The file of this machine's user: `marquee/logins.json` below XDG_CONFIG_HOME, or ~/.config."""
    base = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".config") / "marquee" / "logins.json"


def read_logins() -> SavedLogins:
    """What is saved; nothing where there is no file.

    Raises: Unavailable for a file that others can read, or that can't be read here.
    """
    path = logins_path()
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read()
    except FileNotFoundError:
        return SavedLogins()
    except OSError as error:
        raise Unavailable(f"{path} can't be read: {error.strerror}.") from error
    if mode & 0o077:
        raise Unavailable(f"{path} holds tokens, and others can read it (mode {mode:o}). Run: chmod 600 {path}")
    try:
        saved = orjson.loads(content)
        tokens = {str(url): str(token) for url, token in saved["tokens"].items()}
        return SavedLogins(tokens, str(saved["current"]))
    except (orjson.JSONDecodeError, KeyError, AttributeError, TypeError) as error:
        raise Unavailable(f"{path} is damaged. Remove it, and sign in again: marquee login URL") from error


def write_logins(logins: SavedLogins) -> Path:
    """Save, replacing the file as a whole; returns its path.

    Raises: Unavailable where it can't be written.
    """
    path = logins_path()
    try:
        path.parent.parent.mkdir(parents=True, exist_ok=True)
        make_private(path.parent)
        # A file of mkstemp is its owner's alone.
        descriptor, name = tempfile.mkstemp(prefix=".logins-", dir=path.parent)
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(orjson.dumps({"current": logins.current, "tokens": dict(logins.tokens)}))
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise Unavailable(f"{path} can't be written: {error.strerror}.") from error
    return path
