"""`make bench`: speed and memory, against a baseline of the same run, and how cost grows from 1 M to 10 M sessions.

`python -m tests.bench [--sessions N] [SECTION ...]`. Every figure is taken in a process of its own, because the
embedded engine holds one folder a process, and so that memory is that figure's own.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SECTIONS = ("hostile", "generate", "load", "route", "dashboard")
MILLION = 1_000_000


def measured(step: str, *arguments: object) -> dict[str, Any]:
    """The figures that one step prints, run in a process of its own."""
    command = [sys.executable, "-m", f"tests.bench.{step}", *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def show(what: str, **figures: object) -> None:
    """One line of the report."""
    print(f"{what:<34}" + "  ".join(f"{name} {_shown(value)}" for name, value in figures.items()), flush=True)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def bench_hostile(sizes: list[int], folder: Path) -> None:  # noqa: ARG001 - every section is called alike
    """How long it takes to read and validate ordinary documents, and to refuse hostile ones."""
    for name, figures in measured("hostile").items():
        show(f"document {name}", **figures)


def bench_generate(sizes: list[int], folder: Path) -> None:
    """Rows a second and peak memory of the generator alone, batches thrown away; then the files for what follows."""
    for size in sizes:
        show(f"generate {size:,} sessions", **measured("generate", "--sessions", size))
    measured("generate", "--sessions", sizes[-1], "--to", folder / "files")


def bench_load(sizes: list[int], folder: Path) -> None:
    """Our load (validated, keyed, checked for repeats, rolled up, in the ledger) against the engine's bare INSERT."""
    for name in ("first", "second"):
        own = measured("load", "--files", folder / "files", "--warehouse", folder / f"own-{name}")
        bare = measured("load", "--files", folder / "files", "--warehouse", folder / f"bare-{name}", "--bare")
        show(f"load {sizes[-1]:,} from Parquet", **own)
        show("  the engine's INSERT ... SELECT", **bare)
        show("  ratio", rate=own["rows_per_s"] / bare["rows_per_s"], goal=0.5)


def bench_route(sizes: list[int], folder: Path) -> None:
    """Routed questions against hand-written SQL over the same rollup, and what compiling each costs."""
    figures = measured("route", "--warehouse", folder / "own-first")
    for slug, contest in figures.items():
        show(f"route {slug} on {sizes[-1]:,} sessions", **contest, goal_ratio=1.3, goal_compile_ms=0.5)


def bench_dashboard(sizes: list[int], folder: Path) -> None:
    """The seven panels over HTTP, and what the server holds after."""
    show(f"dashboard on {sizes[-1]:,} sessions", **measured("dashboard", "--warehouse", folder / "own-first"))


def main() -> None:
    """Run the sections that are asked for, all by default; each needs those before it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("sections", nargs="*", default=[], metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--sessions", type=int, default=10 * MILLION)
    asked = parser.parse_args()
    unknown = set(asked.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"there is no section {min(unknown)}; sections: {', '.join(SECTIONS)}")
    sizes = sorted({min(MILLION, asked.sessions), asked.sessions})
    last = max((SECTIONS.index(section) for section in asked.sections), default=len(SECTIONS) - 1)
    benches = {
        "hostile": bench_hostile,
        "generate": bench_generate,
        "load": bench_load,
        "route": bench_route,
        "dashboard": bench_dashboard,
    }
    with tempfile.TemporaryDirectory(prefix="marquee-bench-") as folder:
        for section in SECTIONS[: last + 1]:
            benches[section](sizes, Path(folder))


if __name__ == "__main__":
    main()
