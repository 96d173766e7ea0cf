"""Alerts are judged after loads without being asked, and their states outlive the process."""

import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from resolvers.root import build_schema
from server.alerting.watch import AlertWatch
from server.answering.published_operations import published
from server.answering.service import Service
from server.settings import Settings
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import TOKENS, opened_door
from tests.integration.resolvers.world import FILMS, PEOPLE, World
from tests.integration.server.alerts import ADA, judged, saved, sessions, shown
from warehouse import open_warehouse


@pytest.mark.slow
def test_a_load_is_judged_without_being_asked(tmp_path: Path) -> None:
    """The watch runs as in a server, its next look by time is an hour away; what it found is there after a restart."""
    settings = Settings(warehouse=f"chdb://{tmp_path / 'warehouse'}", alert_check_seconds=3600)
    with ExitStack() as stack:
        warehouse = stack.enter_context(open_warehouse(settings.warehouse, settings.limits))
        service = Service(settings, warehouse, build_schema(), published(), TOKENS)
        door = stack.enter_context(opened_door(service))
        alert = saved(door, ADA, bound=3)
        watching = door.portal.start_task_soon(AlertWatch(service, "").watch)
        stack.callback(watching.cancel)
        world.load(warehouse, World(FILMS, PEOPLE, [*sessions(1, {"DE": 5}, 1), *sessions(2, {"DE": 1}, 50)], ()))
        until = time.monotonic() + 60
        while shown(door, ADA, alert)["state"] != "FIRING" and time.monotonic() < until:
            time.sleep(0.05)
        watching.cancel()
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        again = Service(settings, warehouse, build_schema(), published(), TOKENS)
        with opened_door(again) as door:
            judged(door, again)
            assert [one["kind"] for one in shown(door, ADA, alert)["history"]] == ["FIRING"]
