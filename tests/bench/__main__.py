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


def bench_ingest(sizes: list[int], folder: Path) -> None:
    """Each format by our load and by the engine's INSERT ... SELECT FROM file(...): into an empty warehouse, on top of
    as many rows, and what memory a file of ten times the size takes."""
    files = folder / "ingest"
    written = measured("ingest_files", "--half", sizes[0], "--whole", sizes[-1], "--to", files)
    for form, goal in (("parquet", 0.6), ("csv", 0.5), ("ndjson", 0.4)):
        odd, even, whole = (f"{name}.{form}" for name in ("odd", "even", "whole"))
        first = _contest(f"ingest {sizes[0]:,} {form}", files, [odd], goal)
        _contest("  on top of as many", files, [odd, even], goal)
        more = _contest(f"  {sizes[-1]:,}, {written[whole]:,.0f} MiB", files, [whole], goal)
        show("  grown by", MiB=more["peak_MiB"] - first["peak_MiB"], goal_MiB=500)
        for name in (odd, even, whole):
            (files / name).unlink()


def _contest(what: str, files: Path, names: list[str], goal: float) -> dict[str, Any]:
    """The last of some files loaded both ways, each in a warehouse and a process of its own; returns our figures."""
    sides = {}
    for side, *flag in (("bare", "--bare"), ("own",)):
        with tempfile.TemporaryDirectory(dir=files) as warehouse:
            sides[side] = measured("ingest", "--files", files, "--warehouse", f"{warehouse}/w", *flag, *names)
    own, bare = sides["own"], sides["bare"]
    show(what, **own)
    show("    the engine's own", **bare)
    show("    ratio", rate=own["rows_per_s"] / bare["rows_per_s"], goal=goal, by_cpu=bare["cpu_s"] / own["cpu_s"])
    return own


def bench_http(sizes: list[int], folder: Path) -> None:
    """Rows over HTTP, into a warehouse of each size: what is there already is looked through for known ids."""
    for size in sizes:
        files, warehouse = folder / f"files-{size}", folder / f"http-{size}"
        measured("generate", "--sessions", size, "--to", files)
        measured("load", "--files", files, "--warehouse", warehouse)
        show(f"http into {size:,} sessions", **measured("http", "--warehouse", warehouse), goal=10_000)


def bench_spark(sizes: list[int], folder: Path) -> None:
    """Film charts over a warehouse of each size, by Spark and by the engine's own windows; then again, unchanged."""
    for size in sizes:
        files, warehouse = folder / f"files-{size}", folder / f"spark-{size}"
        measured("generate", "--sessions", size, "--to", files)
        measured("load", "--files", files, "--warehouse", warehouse)
        show(f"rankings of {size:,} sessions", **measured("spark", "--warehouse", warehouse), goal_seconds=60)


BENCHES = {
    "hostile": bench_hostile,
    "generate": bench_generate,
    "load": bench_load,
    "route": bench_route,
    "dashboard": bench_dashboard,
    "ingest": bench_ingest,
    "http": bench_http,
    "spark": bench_spark,
}
# What a section finds in the folder was put there by these.
NEEDED = {"load": ("generate",), "route": ("generate", "load"), "dashboard": ("generate", "load")}


def main() -> None:
    """Run the sections that are asked for and what they need, all by default."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("sections", nargs="*", default=[], metavar="SECTION", help=", ".join(BENCHES))
    parser.add_argument("--sessions", type=int, default=10 * MILLION)
    asked = parser.parse_args()
    unknown = set(asked.sections) - set(BENCHES)
    if unknown:
        parser.error(f"there is no section {min(unknown)}; sections: {', '.join(BENCHES)}")
    sizes = sorted({min(MILLION, asked.sessions), asked.sessions})
    sections = {needed for section in asked.sections for needed in (*NEEDED.get(section, ()), section)}
    with tempfile.TemporaryDirectory(prefix="marquee-bench-") as folder:
        for section, bench in BENCHES.items():
            if section in sections or not sections:
                bench(sizes, Path(folder))


if __name__ == "__main__":
    main()
