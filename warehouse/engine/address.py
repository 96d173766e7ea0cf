"""Where the warehouse is: the two forms of MARQUEE_WAREHOUSE."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from warehouse.errors import BadInput

FORMS = (
    "chdb://relative/path, chdb:///absolute/path or "
    "clickhouse://user:password@host:8123/database (clickhouses:// for TLS), with ?reader=user:password for an account "
    "that answers are read by"
)


@dataclass(frozen=True)
class Embedded:
    """The engine in this process; `folder` holds its data."""

    folder: Path

    def __str__(self) -> str:
        return f"chdb://{self.folder}"


@dataclass(frozen=True)
class Server:
    """A ClickHouse server behind its HTTP interface. `reader` is the name and password of an account that only reads,
    for answers; without one, `user` does all.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    tls: bool
    reader: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def as_reader(self) -> "Server":
        """The address with the account that only reads, if there is one."""
        if self.reader is None:
            return self
        user, password = self.reader
        return replace(self, user=user, password=password)

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
                reader=_reader(parts.query),
            )
    raise BadInput(f"MARQUEE_WAREHOUSE is {scheme}://..., which is not a warehouse address. Allowed: {FORMS}.")


def _reader(query: str) -> tuple[str, str] | None:
    """The account after `?reader=`.

    Raises: BadInput for anything else after the question mark, or an account without a name.
    """
    if not query:
        return None
    options = parse_qs(query, keep_blank_values=True)
    user, _, password = options.get("reader", [""])[0].partition(":")
    if set(options) != {"reader"} or len(options["reader"]) > 1 or not user:
        raise BadInput(f"MARQUEE_WAREHOUSE: after the question mark only one reader=user:password. Allowed: {FORMS}.")
    return user, password
