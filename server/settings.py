"""Settings: read once at start from the environment (`MARQUEE_...`) and `marquee.toml`, then passed down as plain
values.
"""

import os
import re
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from warehouse.engine.limits import Limits
from warehouse.engine.memory import available_bytes, engine_bytes
from warehouse.errors import BadInput

PREFIX = "MARQUEE_"
FILE = "marquee.toml"
# A scheme and a host, as browsers send them in `Origin`.
ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
# Spark refuses less than 450 MiB, of which Java keeps some.
LEAST_SPARK_MIB = 512
# Longer than any key of an ingest request is remembered.
LEAST_HISTORY_DAYS = 31


class Documents(StrEnum):
    """Which documents may run: any, or published operations only (admins may always run any)."""

    OPEN = "open"
    TRUSTED = "trusted"


class Settings(BaseSettings):
    """All settings. Each is an environment variable with the prefix, or a key in `marquee.toml`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file=FILE, frozen=True, extra="forbid")

    warehouse: str = Field(
        "chdb://.marquee/warehouse",
        description="Where the data is: `chdb://folder` (embedded) or `clickhouse://user:password@host:8123/database`.",
    )
    cluster: str = Field(
        "",
        pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$",
        description="The ClickHouse cluster for which `marquee warehouse cluster-tables` prints SQL; empty: none.",
    )
    secret_file: Path = Field(
        Path(".marquee/secret"),
        description="The key that signs tokens; made on first start, readable by its owner only.",
    )
    jwks_url: str = Field(
        "", description="JWKS address of a token issuer (RS256, ES256); empty: only Marquee's own tokens count."
    )
    token_issuer: str = Field("", description="The `iss` claim of the issuer's tokens.")
    token_audience: str = Field("", description="The `aud` claim of the issuer's tokens for Marquee.")
    role_claim: str = Field(
        "role", min_length=1, description="The issuer's claim that holds the role; dots reach into objects."
    )
    scope_claim: str = Field("", description="The issuer's claim that holds the row scope; empty: no scope.")
    oidc_issuer: str = Field(
        "", description="The OpenID provider where people sign in, as its ID tokens name it; empty: none."
    )
    oidc_name: str = Field("your organization", min_length=1, max_length=60, description="What its button calls it.")
    oidc_client_id: str = Field("", description="The id that Marquee has there.")
    oidc_client_secret_file: str = Field(
        "", description="The file with the client's secret; only its owner may read it."
    )
    oidc_scopes: str = Field("openid profile", description="What is asked of the provider; the claims depend on it.")
    oidc_roles: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Comma-separated `value=role`: what values of the role claim mean, beside the roles' own names."
    )
    oidc_session_hours: float = Field(8.0, gt=0, le=720, description="How long somebody stays signed in.")
    hash_key_file: Path = Field(
        Path(".marquee/hash_key"),
        description="The key for hash masks, signed cursors and tombstones; made on first start.",
    )
    url: str = Field(
        "",
        pattern=r"^(https?://[^\s?#]+)?$",
        description="The server that `marquee query` asks, instead of this machine's warehouse; empty: none.",
    )
    token: str = Field("", repr=False, description="The token for commands that ask a server, or send rows to it.")
    host: str = Field("127.0.0.1", description="The address that the server listens on.")
    port: int = Field(8000, ge=1, le=65535, description="The server's port.")
    public_url: str = Field("", description="The server's address as browsers see it, if it is behind a proxy.")
    path_prefix: str = Field(
        "",
        pattern=r"^(/[A-Za-z0-9._~-]+)*$",
        description="The path below which a proxy serves Marquee, such as `/marquee`; empty: the root.",
    )
    origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Comma-separated origins of other sites whose pages may call the API; none by default."
    )
    hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Comma-separated names of the server, besides that in `public_url`."
    )
    proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Comma-separated addresses of trusted proxies (`X-Forwarded-For`); none by default."
    )
    connections: int = Field(2_000, ge=1, description="How many connections may be open at once.")
    connections_per_address: int = Field(
        500, ge=1, description="How many connections one address may have open; proxies are not limited."
    )
    drain_seconds: float = Field(
        0.0, ge=0, le=600, description="How long the server still answers after SIGTERM, while `/readyz` says 503."
    )
    documents: Documents = Field(
        Documents.OPEN,
        description="open: any document runs; trusted: only published operations and boards, except for admins.",
    )
    cache_bytes: int = Field(64 * 2**20, ge=0, description="The memory for cached answers; 0 disables the cache.")
    statement_seconds: float = Field(20.0, gt=0, description="The longest a read statement may run.")
    statement_memory_bytes: int = Field(Limits().memory_bytes, gt=0, description="The most memory a statement may use.")
    durable: bool = Field(
        True,
        description="Whether a load waits for the disk before it is acknowledged, so that a power cut can't lose it.",
    )
    memory_bytes: int = Field(
        0, ge=0, description="The most memory that the process may use; 0: what its control group or the machine has."
    )
    lease_seconds: float = Field(
        Limits().lease_seconds,
        gt=0,
        description="On a ClickHouse server, a process that was writing and is silent for this long is taken for dead.",
    )
    clients: int = Field(4, ge=1, le=64, description="How many statements may run at once.")
    drop_folder: str = Field("", description="The folder whose files a pipeline run's LOAD step loads.")
    staging: str = Field(
        ".marquee/staging",
        description="Where Spark's snapshots and results are written: a folder, or `s3://bucket/prefix`.",
    )
    workspace: Path = Field(Path(".marquee/spark"), description="A local folder for Spark's spill files and its lock.")
    spark_master: str = Field("local[2]", min_length=1, description="The Spark master: this machine or a cluster.")
    spark_memory: str = Field(
        "2g", pattern=r"^[1-9][0-9]*[mg]$", description="The memory of Spark's driver, such as `2g` or `512m`."
    )
    spark_executor_memory: str = Field(
        "", pattern=r"^([1-9][0-9]*[mg])?$", description="The memory of each executor on a cluster; empty: Spark's 1g."
    )
    spark_executor_cores: int = Field(0, ge=0, description="The cores of each executor on a cluster; 0: all it has.")
    spark_host: str = Field(
        "",
        description="The address at which a cluster's workers reach Spark's driver; empty: the one towards the master.",
    )
    spark_bind: str = Field("", description="The address Spark's driver listens on for a cluster; empty: `spark_host`.")
    spark_driver_port: int = Field(0, ge=0, le=65535, description="The driver's port for a cluster; 0: any.")
    spark_block_port: int = Field(0, ge=0, le=65535, description="The port of the driver's blocks; 0: any.")
    spark_ui: str = Field(
        "",
        pattern=r"^(\S+:[1-9][0-9]{0,4})?$",
        description="`HOST:PORT` of Spark's own pages while a job runs; empty: none.",
    )
    spark_timeout_seconds: float = Field(1800.0, gt=0, description="The longest a Spark job may run.")
    result_stale_hours: float = Field(
        48.0, ge=0, description="A Spark result that is behind its data by more hours is called stale."
    )
    body_bytes: int = Field(1 << 20, gt=0, description="The largest GraphQL request body.")
    inbox: Path = Field(
        Path(".marquee/inbox"), description="Where uploaded rows wait if the warehouse is a ClickHouse server."
    )
    ingest_body_bytes: int = Field(256 * 2**20, gt=0, description="The largest body of rows, compressed or unpacked.")
    ingest_decode_bytes: int = Field(
        2**30,
        ge=2**26,
        description="The memory that decoding one body of Parquet or Arrow may take, in a process of its own.",
    )
    ingest_waiting_bytes: int = Field(
        2**30, gt=0, description="The total size of row bodies being received or waiting."
    )
    ingest_gather_ms: int = Field(
        250, ge=0, le=10_000, description="The longest that the first small request waits for others."
    )
    ingest_key_hours: int = Field(24, ge=1, le=720, description="How long an Idempotency-Key is remembered.")
    keep_sessions_months: int = Field(
        0, ge=0, le=1200, description="How many whole months of sessions `marquee warehouse retain` keeps; 0: all."
    )
    keep_ratings_years: int = Field(
        0, ge=0, le=100, description="How many whole years of ratings `marquee warehouse retain` keeps; 0: all."
    )
    keep_history_days: int = Field(
        0,
        ge=0,
        le=36_500,
        description="How many days of history `marquee warehouse retain` keeps (`asOf`, undo): 31 or more; 0: all.",
    )
    keep_rejected_days: int = Field(
        0, ge=0, le=36_500, description="How many days of quarantined rows `marquee warehouse retain` keeps; 0: all."
    )
    alert_check_seconds: float = Field(
        60.0, ge=1, description="How often alerts are judged where nothing was loaded, and failed deliveries repeated."
    )
    alert_private_addresses: bool = Field(
        False,
        description="Whether alerts may be sent to loopback and private addresses; users name these addresses.",
    )
    smtp_url: str = Field(
        "",
        repr=False,
        pattern=r"^(smtps?://\S+)?$",
        description="The server for mails of alerts: `smtp://user:password@host:587` or `smtps://...`; empty: none.",
    )
    smtp_from: str = Field("", description="The sender of mails of alerts.")
    browser: str = Field(
        "", description="The browser that prints reports, Chromium or those like it: a path or a name; empty: found."
    )
    audit_days: int = Field(400, ge=1, le=36_500, description="How many days the audit log is kept.")
    request_log: str = Field(
        ".marquee/requests.log",
        description="Where the server writes a JSON line for each request: a file, `-` for stderr, or empty for none.",
    )
    request_log_bytes: int = Field(
        64 * 2**20, ge=2**16, description="The size at which that file is renamed to `.1`; a new one begins."
    )
    slow_seconds: float = Field(
        2.0, gt=0, description="Requests that take longer are slow: the logs have their details."
    )
    metrics_callers: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Comma-separated addresses that may read `/metrics` without a token; none by default."
    )
    otlp_url: str = Field("", description="The OpenTelemetry collector that spans are sent to; none by default.")
    log_level: Literal["debug", "info", "warning", "error", "critical"] = Field(
        "warning", description="debug, info, warning or error; logs go to stderr."
    )

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("origins", "hosts", "proxies", "metrics_callers", "oidc_roles", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Split the comma-separated text of an environment variable; `marquee.toml` has a list."""
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("spark_memory", "spark_executor_memory")
    @classmethod
    def _check_memory(cls, text: str) -> str:
        if text and int(text[:-1]) * (1024 if text[-1] == "g" else 1) < LEAST_SPARK_MIB:
            raise ValueError(f"Spark takes at least {LEAST_SPARK_MIB}m")
        return text

    @field_validator("keep_history_days")
    @classmethod
    def _check_history(cls, days: int) -> int:
        if 0 < days < LEAST_HISTORY_DAYS:
            raise ValueError(
                f"keys of ingest requests are remembered for 30 days by the ledger, so it is 0 or {LEAST_HISTORY_DAYS} "
                "or more"
            )
        return days

    @field_validator("proxies", "metrics_callers")
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
        """Precedence: arguments, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    def page_address(self, host: str, port: int) -> str:
        """The address of the pages as browsers see it, of a server that listens on a host and port."""
        ours = f"http://{f'[{host}]' if ':' in host else host}:{port}{self.path_prefix}"
        return self.public_url.rstrip("/") or ours

    @property
    def limits(self) -> Limits:
        """The engine's limits."""
        return Limits(
            statement_seconds=self.statement_seconds,
            memory_bytes=self.statement_memory_bytes,
            clients=self.clients,
            durable=self.durable,
            engine_bytes=engine_bytes(self.memory_bytes or available_bytes()),
            lease_seconds=self.lease_seconds,
        )


def read_settings() -> Settings:
    """The settings of this process.

    Raises: BadInput naming the setting, its value and what is allowed; also for an unknown variable with the prefix.
    """
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name.upper() not in known)
    if unknown:
        raise BadInput(f"{unknown[0]} is not a setting. Settings: {', '.join(sorted(known))}.")
    try:
        return Settings()
    except (TOMLDecodeError, OSError, UnicodeDecodeError) as error:
        raise BadInput(f"marquee.toml can't be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        if first["type"] == "extra_forbidden":
            names = ", ".join(sorted(Settings.model_fields))
            raise BadInput(f"{name} in marquee.toml is not a setting. Settings: {names}.") from error
        raise BadInput(f"The setting {name} is {first.get('input')!r}: {first['msg']}.") from error
