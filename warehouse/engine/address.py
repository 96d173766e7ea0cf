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

_OF_THE_ENGINE = ("system", "information_schema")


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
        folder = ((base or Path.cwd()) / rest).resolve()
        # The engine takes what follows for its options.
        if "?" in str(folder):
            raise BadInput(
                f"MARQUEE_WAREHOUSE names the folder {folder}. The engine can't open a path with a ?. "
                "Name a folder without one."
            )
        return Embedded(folder)
    if scheme in {"clickhouse", "clickhouses"}:
        try:
            parts = urlsplit(text)
            port = parts.port or (8443 if scheme == "clickhouses" else 8123)
        except ValueError:
            # The reason may quote a password, half of which was taken for the port.
            raise BadInput(
                "MARQUEE_WAREHOUSE has no host and port that can be read. A port is 1 to 65535; in a password "
                f"/ # ? @ : % are written %2F %23 %3F %40 %3A %25. Allowed: {FORMS}."
            ) from None
        if parts.hostname:
            return Server(
                host=parts.hostname,
                port=port,
                user=unquote(parts.username or "default"),
                password=unquote(parts.password or ""),
                database=_database(unquote(parts.path.strip("/"))),
                tls=scheme == "clickhouses",
                reader=_reader(parts.query),
            )
    raise BadInput(f"MARQUEE_WAREHOUSE is {scheme}://..., which is not a warehouse address. Allowed: {FORMS}.")


def _database(name: str) -> str:
    """The database after the host; `marquee` if there is none.

    Raises: BadInput for one that can't hold a warehouse.
    """
    if name.lower() in _OF_THE_ENGINE:
        raise BadInput(f"MARQUEE_WAREHOUSE names the database {name}, which is ClickHouse's own. Name another.")
    # A dictionary is found by its database, a dot and its name.
    if any(one in "./\\`" or not one.isprintable() for one in name):
        raise BadInput("MARQUEE_WAREHOUSE names a database with one of . / \\ ` or a control character. Name another.")
    return name or "marquee"


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
