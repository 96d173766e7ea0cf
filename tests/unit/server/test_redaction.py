"""No token, authorization header or password comes through redaction, however it is spelt; all else does."""

import logging
import time

import pytest

from server.redaction import Redacting, redacted

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.sIgnAture-_x"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"GET /embed/TopMovies?token={TOKEN}&x=1 failed", "GET /embed/TopMovies?token=[redacted]&x=1 failed"),
        (f"the token {TOKEN} is odd", "the token [redacted] is odd"),
        (f"cut: {TOKEN[:40]}", "cut: [redacted]"),
        ("?access_token=opaque123#frag", "?access_token=[redacted]#frag"),
        ("Authorization: Bearer opaque-123", "Authorization: [redacted]"),
        ("{'authorization': 'Basic dXNlcjpwdw=='}", "{'authorization': '[redacted]'}"),
        ("[(b'authorization', b'Bearer opaque'), (b'a', b'')]", "[(b'authorization', b'[redacted]'), (b'a', b'')]"),
        ("bearer opaque-1234", "bearer [redacted]"),
        ("clickhouse://me:s3cret@host:8123/db", "clickhouse://me:[redacted]@host:8123/db"),
        ("http://127.0.0.1:8000/users 12:30:45", "http://127.0.0.1:8000/users 12:30:45"),
    ],
)  # fmt: skip
def test_a_secret_is_hidden_and_nothing_else(text: str, shown: str) -> None:
    assert redacted(text) == shown


def test_arguments_and_tracebacks_are_redacted_too() -> None:
    try:
        raise RuntimeError(f"no such page: /embed?token={TOKEN}")
    except RuntimeError as error:
        kind = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "asked by %s", (TOKEN,), kind)
    text = Redacting("%(message)s").format(record)
    assert text.startswith("asked by [redacted]\nTraceback")
    assert TOKEN[:20] not in text


@pytest.mark.parametrize("piece", ["eyJ", "eyJaaaa.", "token=", "authorization:", "://a:", "a", "://:"])
def test_a_long_line_takes_no_long_time(piece: str) -> None:
    began = time.perf_counter()
    redacted(piece * 20_000)
    assert time.perf_counter() - began < 1
