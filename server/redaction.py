"""Redaction: what would let its finder in never reaches the log, whoever logs it and wherever it stands.

One handler at the root formats every record, tracebacks too, and what it wrote is searched for tokens. Uvicorn's
loggers hand up to it, and so do warnings and errors that nobody caught.
"""

import logging
import re
import sys
import threading
from types import TracebackType

_HIDDEN = "[redacted]"
# Each takes time linear in the text: none begins with a repetition.
_SECRETS = (
    # A JSON web token, whole or cut, wherever it stands.
    (re.compile(r"\beyJ[\w-]{4,}(?:\.[\w-]*)*"), _HIDDEN),
    # A query's or form's value: token=..., access_token=...
    (re.compile(r"(?i)(token=)[^\s&#'\"]+"), rf"\1{_HIDDEN}"),
    # A header, as text or as a pair of Python's bytes; the rest of its line or of its quotes is its value.
    (re.compile(r"(?i)(authorization['\"]?\s*[:=,]\s*(?:b?['\"])?)[^'\"\r\n]+"), rf"\1{_HIDDEN}"),
    (re.compile(r"(?i)\b(bearer\s+)[\w.~+/=-]{8,}"), rf"\1{_HIDDEN}"),
    # The password of an address.
    (re.compile(r"(://[^\s/:@]*:)[^\s/@]+@"), rf"\1{_HIDDEN}@"),
)


def redacted(text: str) -> str:
    """The text without tokens, authorization headers and passwords of addresses."""
    for pattern, shown in _SECRETS:
        text = pattern.sub(shown, text)
    return text


class Redacting(logging.Formatter):
    """Formats a record with its traceback, and redacts the whole."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as it is written."""
        return redacted(super().format(record))


def log_to_stderr(level: str) -> None:
    """Let all that is logged go to stderr, redacted; once a process."""
    handler = logging.StreamHandler()
    handler.setFormatter(Redacting("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler])
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_ended_thread


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("marquee").critical("an error that nobody caught", exc_info=(kind, error, trace))


def _log_ended_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None:
        _log_uncaught(ended.exc_type, ended.exc_value, ended.exc_traceback)
