"""Settings: read once at the start, from the environment (`MARQUEE_...`) and `marquee.toml`, and handed down as plain
values.
"""

import os
import re
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from warehouse.engine.limits import Limits
from warehouse.errors import BadInput

PREFIX = "MARQUEE_"
# A scheme and a host, as browsers send it in `Origin`.
ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")


class Documents(StrEnum):
    """What runs: any document, or published operations alone (admins excepted)."""

    OPEN = "open"
    TRUSTED = "trusted"


class Settings(BaseSettings):
    """Every setting; each is an environment variable with the prefix, or a key of `marquee.toml`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file="marquee.toml", frozen=True, extra="forbid")

    warehouse: str = Field(
        "chdb://.marquee/warehouse",
        description="Where the data is: `chdb://folder` (embedded) or `clickhouse://user:password@host:8123/database`.",
    )
    secret_file: Path = Field(
        Path(".marquee/secret"),
        description="The key that signs tokens; made on first start, readable by its owner only.",
    )
    jwks_url: str = Field(
        "", description="Where an issuer publishes the keys of its RS256 and ES256 tokens; empty: only our own count."
    )
    token_issuer: str = Field("", description="The claim `iss` of that issuer's tokens.")
    token_audience: str = Field("", description="The claim `aud` of that issuer's tokens that are made for Marquee.")
    role_claim: str = Field(
        "role", min_length=1, description="Their claim that names the role; dots lead into objects."
    )
    scope_claim: str = Field("", description="Their claim that holds the row scope; empty: they carry none.")
    hash_key_file: Path = Field(
        Path(".marquee/hash_key"),
        description="The key of masks that hash, of seals of cursors and of tombstones; made on first start.",
    )
    token: str = Field("", repr=False, description="The token of commands that send rows to a server.")
    host: str = Field("127.0.0.1", description="Where the server listens.")
    port: int = Field(8000, ge=1, le=65535, description="The server's port.")
    public_url: str = Field("", description="The server's address as browsers see it, where a proxy stands before it.")
    origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Origins of other sites whose pages may call the API, with commas between; none by default."
    )
    proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Addresses of proxies whose word is taken for where a request came from; none by default."
    )
    documents: Documents = Field(
        Documents.OPEN,
        description="open: any document runs; trusted: published operations alone, but for admins.",
    )
    cache_bytes: int = Field(64 * 2**20, ge=0, description="What kept answers may take in memory; 0 keeps none.")
    statement_seconds: float = Field(20.0, gt=0, description="The longest a read statement may run.")
    statement_memory_bytes: int = Field(4 * 2**30, gt=0, description="The most memory that a statement may use.")
    clients: int = Field(4, ge=1, le=64, description="Statements that may run at once.")
    drop_folder: str = Field("", description="The folder whose files the step LOAD of a pipeline's run loads.")
    staging: str = Field(
        ".marquee/staging",
        description="Where snapshots for Spark and its results are written: a folder, or `s3://bucket/prefix`.",
    )
    workspace: Path = Field(
        Path(".marquee/spark"), description="A folder of this machine for what Spark spills, and for its lock."
    )
    spark_master: str = Field("local[2]", min_length=1, description="Where Spark runs: this machine, or a cluster.")
    spark_memory: str = Field(
        "2g", pattern=r"^[1-9][0-9]*[mg]$", description="The memory of Spark's driver: `2g`, `512m`."
    )
    spark_timeout_seconds: float = Field(1800.0, gt=0, description="The longest a Spark job may run.")
    body_bytes: int = Field(1 << 20, gt=0, description="The largest GraphQL request body.")
    ingest_body_bytes: int = Field(256 * 2**20, gt=0, description="The largest body of rows, as sent and as unpacked.")
    ingest_waiting_bytes: int = Field(
        2**30, gt=0, description="What bodies of rows may take together while they come and wait."
    )
    ingest_key_hours: int = Field(24, ge=1, le=720, description="How long an Idempotency-Key is remembered.")
    audit_days: int = Field(400, ge=1, le=36_500, description="How many days the audit log is kept.")
    log_level: str = Field("warning", description="debug, info, warning or error; logs go to stderr.")

    @field_validator("origins", "proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """A text with commas between, as an environment variable has it; a list in `marquee.toml`."""
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("proxies")
    @classmethod
    def _check_proxies(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            ip_network(proxy)
        return proxies

    @field_validator("origins")
    @classmethod
    def _check_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not ORIGIN.fullmatch(origin):
                raise ValueError(
                    f"{origin!r} is not an origin: a scheme and a host without a path, https://example.com"
                )
        return origins

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments before the environment before the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def limits(self) -> Limits:
        """The engine's limits."""
        return Limits(
            statement_seconds=self.statement_seconds, memory_bytes=self.statement_memory_bytes, clients=self.clients
        )


def read_settings() -> Settings:
    """The settings of this process.

    Raises: BadInput, which names the setting, its value and what is allowed; also for a prefixed variable that is none.
    """
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name.upper() not in known)
    if unknown:
        raise BadInput(f"{unknown[0]} is not a setting. Settings: {', '.join(sorted(known))}.")
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise BadInput(f"The setting {name} is {first.get('input')!r}: {first['msg']}.") from error
