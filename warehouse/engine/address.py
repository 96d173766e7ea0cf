"""Where the warehouse is: the two forms of MARQUEE_WAREHOUSE."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from warehouse.errors import BadInput

FORMS = (
    "chdb://relative/path, chdb:///absolute/path or "
    "clickhouse://user:password@host:8123/database (clickhouses:// for TLS)"
)


@dataclass(frozen=True)
class Embedded:
    """The engine in this process; `folder` holds its data."""

    folder: Path

    def __str__(self) -> str:
        return f"chdb://{self.folder}"


@dataclass(frozen=True)
class Server:
    """A ClickHouse server behind its HTTP interface."""

    host: str
    port: int
    user: str
    password: str
    database: str
    tls: bool

    def __str__(self) -> str:
        """Without the password, because this goes to logs."""
        return f"clickhouse{'s' if self.tls else ''}://{self.user}@{self.host}:{self.port}/{self.database}"


Address = Embedded | Server


def parse(text: str, base: Path | None = None) -> Address:
    """Read an address; a relative folder is under `base` (the working directory).

    Raises: BadInput, which names the forms that are allowed.
    """
    scheme, _, rest = text.partition("://")
    if scheme == "chdb" and rest:
        return Embedded(((base or Path.cwd()) / rest).resolve())
    if scheme in {"clickhouse", "clickhouses"}:
        try:
            parts = urlsplit(text)
            port = parts.port or (8443 if scheme == "clickhouses" else 8123)
        except ValueError as error:
            raise BadInput(f"MARQUEE_WAREHOUSE: {error}. Allowed: {FORMS}.") from error
        if parts.hostname:
            return Server(
                host=parts.hostname,
                port=port,
                user=unquote(parts.username or "default"),
                password=unquote(parts.password or ""),
                database=unquote(parts.path.strip("/")) or "marquee",
                tls=scheme == "clickhouses",
            )
    raise BadInput(f"MARQUEE_WAREHOUSE is {scheme}://..., which is not a warehouse address. Allowed: {FORMS}.")
