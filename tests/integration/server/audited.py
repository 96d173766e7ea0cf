"""A door with a warehouse of its own, and what its audit log says."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from resolvers.root import build_schema
from server.answering.published_operations import published
from server.answering.service import Service
from server.identity.tokens import Tokens
from server.settings import Settings
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import SECRET, Door, opened_door
from tests.one_secret import OneSecret
from warehouse import Warehouse, open_warehouse

WAIT_S = 10.0


@contextmanager
def audited_door(folder: Path, **settings: Any) -> Iterator[Door]:
    """The small world behind a door, in a folder of its own: these tests write into the log."""
    address = f"chdb://{folder / 'warehouse'}"
    with open_warehouse(address) as warehouse:
        warehouse.audit.every_s = 0.02
        world.load(warehouse)
        tokens = Tokens(OneSecret(SECRET))
        service = Service(Settings(warehouse=address, **settings), warehouse, build_schema(), published(), tokens)
        with opened_door(service) as door:
            yield door


def logged(warehouse: Warehouse) -> list[dict[str, Any]]:
    """All records, oldest first."""
    return warehouse.engine.query("SELECT * FROM audit_log ORDER BY at, id").dicts()


class Watch:
    """Sees the records that come after it was made."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        count = -1
        while count != (count := len(logged(warehouse))):
            time.sleep(0.1)
        self.known = {record["id"] for record in logged(warehouse)}

    def records(self, count: int = 1) -> list[dict[str, Any]]:
        """So many new records; fails where there are more, or fewer after a while."""
        until = time.monotonic() + WAIT_S
        while len(found := self._new()) < count and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(0.1)
        found = self._new()
        assert len(found) == count, found
        return found

    def record(self) -> dict[str, Any]:
        """The one new record."""
        (found,) = self.records()
        return found

    def _new(self) -> list[dict[str, Any]]:
        return [record for record in logged(self.warehouse) if record["id"] not in self.known]
