"""`pytest --on-server` runs a test of folders on the server that is named, and leaves nothing there."""

import os
import subprocess
import sys

import httpx
import pytest

from tests.conftest import ROOT
from tests.integration.warehouse.modes import Modes, ServedEngine

SAMPLE = "tests/integration/ingest/test_absent_columns_keep.py::test_lines_that_are_all_alike_keep_as_well"


def ask(engine: ServedEngine, sql: str) -> str:
    return httpx.post(f"http://{engine.host}", content=sql, trust_env=False, timeout=60).text


def inserts(engine: ServedEngine) -> int:
    return int(ask(engine, "SELECT sum(value) FROM system.events WHERE event = 'InsertQuery'"))


@pytest.mark.slow
def test_a_sample_runs_on_the_server_that_is_named(modes: Modes) -> None:
    engine = modes.engine()
    before = inserts(engine)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--on-server", "-x", SAMPLE],
        cwd=ROOT,
        env={**os.environ, "MARQUEE_TEST_CLICKHOUSE": engine.address()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    assert inserts(engine) > before
    assert ask(engine, "SELECT name FROM system.databases WHERE name LIKE 'marquee_test_%'") == ""
