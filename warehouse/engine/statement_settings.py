"""The settings that statements are sent with: what they may use, and how a writing statement must behave."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from warehouse.engine import allowance
from warehouse.engine.limits import Limits
from warehouse.query.parameters import literal_sql

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class StatementSettings:
    """The settings of statements under `limits`, on an embedded engine or a server."""

    limits: Limits
    is_embedded: bool

    def reading(self) -> dict[str, Any]:
        """The limits of a SELECT: the process's, or lower ones of the current allowance."""
        seconds = self.limits.statement_seconds
        allowed = allowance.current()
        if allowed is None:
            return {"max_execution_time": seconds, "max_memory_usage": self._memory_bytes, **self._files()}
        allowed.check()
        return {
            "max_execution_time": min(seconds, allowed.seconds),
            "max_memory_usage": min(self._memory_bytes, allowed.memory_bytes),
            "log_comment": allowed.mark,
            **({"max_threads": 1} if allowed.is_long else {}),
            **self._files(),
        }

    @cached_property
    def writing(self) -> dict[str, Any]:
        """The limits and the behaviour of a writing statement."""
        return {
            "max_execution_time": self.limits.load_seconds,
            "max_memory_usage": self._memory_bytes,
            **self._together(),
            # A file may span decades, with a partition for each month; by default the engine refuses more than 100.
            "max_partitions_per_insert_block": 0,
            "parallel_view_processing": 1,
            # By default a dropped table's files stay for 8 minutes, and with them the rows of forgotten people.
            "database_atomic_wait_for_drop_and_detach_synchronously": 1,
            # Deletes finish before the statement returns, and dropping large tables is intended.
            "lightweight_deletes_sync": 2,
            "max_table_size_to_drop": 0,
            "allow_drop_detached": 1,
        }

    @property
    def sent(self) -> dict[str, Any]:
        """What is sent with a writing statement: all on a server, nothing to an embedded client, which has them set
        once. Setting and resetting them for each statement would take ten more statements, which cost more than a
        small load.
        """
        return {} if self.is_embedded else self.writing

    @property
    def _memory_bytes(self) -> int:
        """What one statement may use: less than all together, so that one alone is told that it is too large."""
        together = self.limits.engine_bytes
        return self.limits.memory_bytes if together is None else min(self.limits.memory_bytes, int(0.9 * together))

    def _files(self) -> dict[str, Any]:
        """How files are read. Rollups are read in thousands of small pieces, and handing each to another thread, as is
        the default, takes twice the processor time. A server's disks are its operator's to know.
        """
        return {"local_filesystem_read_method": "pread"} if self.is_embedded else {}

    def _together(self) -> dict[str, Any]:
        """The limit of all statements of an embedded engine; a server has its own."""
        if self.limits.engine_bytes is None or not self.is_embedded:
            return {}
        return {"max_memory_usage_for_user": self.limits.engine_bytes}


# A server's own settings: what row policies read. A server takes those with the prefix that its configuration names.
SCOPES = ("country", "genre", "subscription")
_WALL = "SQL_marquee_"


def scope_setting(slug: str) -> str:
    """The setting of the values of one scope, a JSON list; an empty list means that there is no scope."""
    return f"{_WALL}{slug}"


PAST_SETTING = f"{_WALL}past"


def scope_settings(scope: Mapping[str, tuple[str, ...]], past: bool) -> Settings:
    """An asker's row scope as settings of a statement. A statement without them is refused by row policies."""
    values = {scope_setting(slug): orjson.dumps(list(scope.get(slug, ()))).decode() for slug in SCOPES}
    return {**values, PAST_SETTING: str(int(past))}


def named(settings: Settings) -> dict[str, str]:
    """The id of a statement on a server: it begins with the mark of the work that it is for. An embedded engine gives
    ids itself."""
    mark = settings.get("log_comment")
    return {"query_id": f"{mark}-{secrets.token_hex(4)}"} if mark else {}


def settings_sql(settings: Settings) -> str:
    """Settings as a clause, where the driver would otherwise set and reset them by extra statements."""
    return f" SETTINGS {assignments(settings)}"


def assignments(settings: Settings) -> str:
    """Settings as `name = value`, with commas between them."""
    return ", ".join(f"{name} = {_literal(value)}" for name, value in settings.items())


def _literal(value: object) -> str:
    """A setting's value in SQL."""
    return literal_sql(value) if isinstance(value, str) else str(value)
