"""All statements together keep within the engine's memory: what does not fit is refused, and the process lives."""

import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

from tests.integration.new_warehouse import lay
from warehouse import Warehouse, open_warehouse
from warehouse.engine.limits import Limits
from warehouse.errors import MarqueeError, Overloaded, TooExpensive

CAP = 300_000_000
LIMITS = replace(Limits(), engine_bytes=CAP, clients=4)
# Its state grows in steps of powers of two, to 128 MiB.
LARGE = "SELECT length(groupArray(number)) FROM numbers(9000000)"
ROUNDS = 30


def outcome(warehouse: Warehouse, sql: str) -> str:
    try:
        warehouse.engine.query(sql)
    except MarqueeError as error:
        return type(error).__name__
    return "answered"


def test_what_alone_does_not_fit_is_too_expensive_and_together_overloaded(tmp_path: Path) -> None:
    with open_warehouse(lay(tmp_path / "warehouse"), LIMITS) as warehouse:
        assert outcome(warehouse, LARGE) == "answered"
        assert outcome(warehouse, LARGE.replace("9000000", "90000000")) == TooExpensive.__name__
        found: Counter[str] = Counter()
        for _ in range(ROUNDS):
            asking = [threading.Thread(target=lambda: found.update([outcome(warehouse, LARGE)])) for _ in range(4)]
            for thread in asking:
                thread.start()
            for thread in asking:
                thread.join()
            if found[Overloaded.__name__]:
                break
        assert found[Overloaded.__name__] > 0
        assert set(found) <= {"answered", Overloaded.__name__}
        # The same question works when there is room again.
        assert outcome(warehouse, LARGE) == "answered"


def test_an_embedded_engine_keeps_few_threads_that_nothing_uses(tmp_path: Path) -> None:
    """Each holds memory. The engine passes over a file of settings that it can't find, so they are asked for."""
    setting = "SELECT value FROM system.server_settings WHERE name = 'max_thread_pool_free_size'"
    with open_warehouse(lay(tmp_path / "warehouse"), LIMITS) as warehouse:
        assert warehouse.engine.query(setting).scalar() == "16"
