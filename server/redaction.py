"""Redaction: secrets never reach the log, whichever module logs them.

One root handler formats every record with its traceback, then redacts tokens in the text. Uvicorn's loggers, warnings
and uncaught errors go through it too.
"""

import logging
import re
import sys
import threading
from types import TracebackType

from server.log_repeats import Repeats
from warehouse.engine.request_id import current_id

_HIDDEN = "[redacted]"
# Their warnings are of connections that fail, about which we raise errors with what to do.
_TOLD_BY_US = ("clickhouse_connect", "urllib3")
# Each pattern runs in linear time: none starts with a repetition.
_SECRETS = (
    # A JSON web token, complete or truncated.
    (re.compile(r"\beyJ[\w-]{4,}(?:\.[\w-]*)*"), _HIDDEN),
    # A query or form parameter: token=..., access_token=...
    (re.compile(r"(?i)(token=)[^\s&#'\"]+"), rf"\1{_HIDDEN}"),
    # A header, as text or as a pair of Python bytes; its value is the rest of the line or quoted string.
    (re.compile(r"(?i)(authorization['\"]?\s*[:=,]\s*(?:b?['\"])?)[^'\"\r\n]+"), rf"\1{_HIDDEN}"),
    (re.compile(r"(?i)\b(bearer\s+)[\w.~+/=-]{8,}"), rf"\1{_HIDDEN}"),
    # A password in a URL.
    (re.compile(r"(://[^\s/:@]*:)[^\s/@]+@"), rf"\1{_HIDDEN}@"),
)


def redacted(text: str) -> str:
    """The text without tokens, authorization headers and passwords in URLs."""
    for pattern, shown in _SECRETS:
        text = pattern.sub(shown, text)
    return text


class Redacting(logging.Formatter):
    """Formats a record with its traceback, after the id of the request that it belongs to, and redacts the result."""

    def format(self, record: logging.LogRecord) -> str:
        """The redacted text of a record."""
        record.request = f"{current_id()} " if current_id() else ""
        return redacted(super().format(record))


def log_to_stderr(level: str) -> None:
    """Send all log records to stderr, redacted. Call once per process."""
    handler = logging.StreamHandler()
    handler.setFormatter(Redacting("%(asctime)s %(levelname)s %(name)s %(request)s%(message)s"))
    handler.addFilter(Repeats())
    logging.basicConfig(level=level.upper(), handlers=[handler])
    if level == "warning":
        for name in _TOLD_BY_US:
            logging.getLogger(name).setLevel(logging.ERROR)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_ended_thread


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("marquee").critical("uncaught error", exc_info=(kind, error, trace))


def _log_ended_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None:
        _log_uncaught(ended.exc_type, ended.exc_value, ended.exc_traceback)
