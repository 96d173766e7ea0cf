"""What a heavy question used goes back to the system within a minute."""

import subprocess
import sys
from pathlib import Path

import pytest

# In a process of its own, whose size nothing else changes.
HEAVY = """
import asyncio, sys, time
from server.http.memory_release import MemoryRelease, resident_bytes
from warehouse import open_warehouse

async def released(memory):
    watching = asyncio.create_task(memory.watch())
    await asyncio.sleep(0.5)
    watching.cancel()

with open_warehouse(sys.argv[1]) as warehouse:
    engine = warehouse.engine
    memory = MemoryRelease(engine, period_s=0.1)
    asyncio.run(released(memory))
    idle = resident_bytes()
    grouped = "SELECT number % 300000 AS n, groupArray(toString(number)) AS texts FROM numbers(8e6) GROUP BY n"
    engine.query(f"SELECT sum(length(arrayStringConcat(texts))) FROM ({grouped})")
    heavy = resident_bytes()
    asyncio.run(released(memory))
    print(heavy / idle, resident_bytes() / idle)
"""


@pytest.mark.slow
def test_the_process_shrinks_to_what_it_was(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HEAVY, f"chdb://{tmp_path / 'warehouse'}"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    heavy, after = map(float, run.stdout.split())
    assert heavy > 1.5, "the question was not heavy: the test proves nothing"
    assert after < 1.3
