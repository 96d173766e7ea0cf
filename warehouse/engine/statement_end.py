"""The end of a statement, as an operator sees it: what kind it was, how it ended, and when."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from warehouse.errors import EngineFault, MarqueeError

_KIND = re.compile(r"\s*\(?\s*(\w+)")
_READS = frozenset({"SELECT", "WITH", "EXISTS", "SHOW", "DESCRIBE"})
OK = "OK"


@dataclass(frozen=True)
class StatementEnd:
    """`kind` is `read`, `insert` (rows from here) or `write` (all else); `outcome` is OK or the error's code, with the
    engine's number in `engine_code` if it refused. `began_ns` is since 1970; `seconds` include the wait for a client.
    `mark` is the work that it was for, or ''.
    """

    kind: str
    outcome: str
    engine_code: int | None
    began_ns: int
    seconds: float
    mark: str


@contextmanager
def observed(told: Callable[[StatementEnd], None], sql: str, mark: str) -> Iterator[None]:
    """Report the end of the block's statement; without `sql` it is an insert."""
    began_ns, began = time.time_ns(), time.perf_counter()
    outcome, engine_code = OK, None
    try:
        yield
    except MarqueeError as error:
        outcome = error.code
        engine_code = error.engine_code if isinstance(error, EngineFault) else None
        raise
    except BaseException:
        outcome = "INTERRUPTED"
        raise
    finally:
        told(StatementEnd(kind_of(sql), outcome, engine_code, began_ns, time.perf_counter() - began, mark))


def kind_of(sql: str) -> str:
    """The kind of a statement."""
    if not sql:
        return "insert"
    found = _KIND.match(sql)
    return "read" if found and found[1].upper() in _READS else "write"
