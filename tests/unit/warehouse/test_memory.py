"""The memory that a process may use is the least that any of its control groups allows."""

from pathlib import Path

import pytest

from warehouse.engine.engine_errors import from_engine
from warehouse.engine.memory import available_bytes, engine_bytes
from warehouse.errors import Overloaded, TooExpensive

GIB = 2**30


def grouped(root: Path, cgroup: str, limits: dict[str, str]) -> Path:
    """A file system with control groups."""
    for name, text in {"proc/self/cgroup": cgroup, **limits}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="ascii")
    return root


@pytest.mark.parametrize(
    ("cgroup", "limits", "expected"),
    [
        ("0::/\n", {"sys/fs/cgroup/memory.max": f"{GIB}\n"}, GIB),
        ("0::/app/web\n", {"sys/fs/cgroup/app/memory.max": f"{GIB}\n"}, GIB),
        (
            "0::/app/web\n",
            {"sys/fs/cgroup/app/web/memory.max": f"{2 * GIB}\n", "sys/fs/cgroup/app/memory.max": f"{GIB}\n"},
            GIB,
        ),
        ("0::/app\n", {"sys/fs/cgroup/app/memory.max": "max\n", "sys/fs/cgroup/memory.max": f"{GIB}\n"}, GIB),
        ("5:cpu,memory:/docker/ab\n", {"sys/fs/cgroup/memory/memory.limit_in_bytes": f"{GIB}\n"}, GIB),
        ("3:cpu:/x\n0::/\n", {"sys/fs/cgroup/memory.max": f"{GIB}\n"}, GIB),
    ],
)
def test_the_lowest_limit_counts(tmp_path: Path, cgroup: str, limits: dict[str, str], expected: int) -> None:
    assert available_bytes(grouped(tmp_path, cgroup, limits)) == expected


def test_without_a_limit_it_is_the_machine_s_memory(tmp_path: Path) -> None:
    machine = available_bytes(tmp_path)
    assert machine > 2**28
    assert available_bytes(grouped(tmp_path, "0::/\n", {"sys/fs/cgroup/memory.max": "max\n"})) == machine
    assert available_bytes(grouped(tmp_path, "0::/\n", {"sys/fs/cgroup/memory.max": f"{2**62}\n"})) == machine


@pytest.mark.parametrize(
    ("memory_bytes", "expected"),
    [(GIB, 545_681_408), (8 * GIB, 6_934_439_526), (256 * 2**20, 128 * 2**20)],
)
def test_the_engine_gets_what_is_left_by_the_rest(memory_bytes: int, expected: int) -> None:
    assert abs(engine_bytes(memory_bytes) - expected) < 2**20


def test_memory_that_others_use_is_no_fault_of_the_question() -> None:
    """The engine has one number for both, so its words decide."""
    alone = from_engine(241, "Code: 241. DB::Exception: Query memory limit exceeded: would use 96.00 MiB")
    together = from_engine(241, "Code: 241. DB::Exception: User memory limit exceeded: would use 384.16 MiB")
    assert (type(alone), type(together)) == (TooExpensive, Overloaded)
