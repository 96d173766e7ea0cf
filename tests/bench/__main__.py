"""`make bench`: speed and memory as ratios against a baseline of the same run, and whether each target is met.

`python -m tests.bench [--scale 10M] [--json FILE] [SECTION ...]`. Every figure is taken in a process of its own,
because the embedded engine holds one folder a process, and so that memory is that figure's own.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

MILLION = 1_000_000
# The quarter of the baseline's times that is slowest, by the quickest: beyond it the machine was too noisy to tell.
NOISY = 1.5


@dataclass(frozen=True)
class Figure:
    """One line of the report. `ratio` is ours by the baseline's; `at_most` and `at_least` are its targets."""

    section: str
    what: str
    ours: float
    unit: str
    baseline: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours by the baseline's."""
        return None if self.baseline is None else self.ours / self.baseline

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met, where there is one: of the ratio, or without a baseline of the figure."""
        held = self.ours if self.ratio is None else self.ratio
        if self.at_most is not None:
            return held <= self.at_most
        return None if self.at_least is None else held >= self.at_least


def measured(step: str, *arguments: object) -> dict[str, Any]:
    """The figures that one step prints, run in a process of its own."""
    command = [sys.executable, "-m", f"tests.bench.{step}", *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


class Bench:
    """One run: the files and warehouses of a size, made once, and the figures so far."""

    def __init__(self, sessions: int, folder: Path) -> None:
        self.sessions = sessions
        self.files, self.warehouse, self.by_hand = folder / "files", folder / "own", folder / "by-hand"
        self.folder = folder
        self.loaded_per_s = 0.0
        self.figures: list[Figure] = []

    def note(self, figure: Figure) -> None:
        """Take a figure in, and show it."""
        self.figures.append(figure)
        print(".", end="", file=sys.stderr, flush=True)

    def hostile(self) -> None:
        """How long it takes to read and validate ordinary documents, and to refuse hostile ones."""
        for name, figures in measured("hostile").items():
            for what, value in figures.items():
                self.note(Figure("documents", f"{name}: {what}", value, ""))

    def generate(self) -> None:
        """Rows a second of the generator alone; then the files for what follows."""
        alone = measured("generate", "--sessions", self.sessions)
        self.note(Figure("generate", "sessions thrown away", alone["rows_per_s"], "rows/s"))
        self.note(Figure("generate", "memory", alone["peak_MiB"], "MiB"))
        measured("generate", "--sessions", self.sessions, "--to", self.files)

    def load(self) -> None:
        """Our load with all rollups and checks, against the baseline's load of the same file."""
        own = measured("load", "--files", self.files, "--warehouse", self.warehouse)
        hand = measured("baselines.day_rollups", "--files", self.files, "--folder", self.by_hand)
        rate = self.sessions / hand["load_s"]
        self.loaded_per_s = own["rows_per_s"]
        self.note(Figure("load", "Parquet", own["rows_per_s"], "rows/s", rate, at_least=0.7))
        self.note(Figure("load", "memory", own["peak_MiB"], "MiB"))
        self.note(Figure("load", "on disk", _mib(self.warehouse), "MiB", _mib(self.by_hand)))

    def cold(self) -> None:
        """The dashboard as one request, of ranges never asked before."""
        figures = measured("cold", "--files", self.files, "--warehouse", self.warehouse, "--baseline", self.by_hand)
        clients, memory = figures.pop("clients"), figures.pop("memory")
        for zone, one in figures.items():
            noise = " (noisy)" if one["baseline_spread"] > NOISY else ""
            at_most = 0.5 if zone == "UTC" else 0.6
            self.note(Figure("cold", f"{zone}{noise}", one["ms"], "ms", one["baseline_ms"], at_most=at_most))
        own, hand = clients["own_per_s"], clients["baseline_per_s"]
        self.note(Figure("cold", "8 clients", own, "requests/s", hand, at_least=2))
        most_mib = 600 if self.sessions <= 10 * MILLION else 1024
        self.note(Figure("cold", "memory after", memory["own_MiB"], "MiB", at_most=most_mib))

    def warm(self) -> None:
        """A kept answer, against the health check."""
        one = measured("warm", "--warehouse", self.warehouse)
        self.note(Figure("warm", "kept answer", one["kept_ms"], "ms", note=f"/healthz {one['health_ms']:.2f} ms"))
        self.note(Figure("warm", "304", one["unchanged_ms"], "ms"))
        self.note(Figure("warm", "8 clients", one["kept_per_s"], "requests/s", one["health_per_s"], at_least=0.4))

    def questions(self) -> None:
        """Forty odd questions, by what the router chooses and by facts alone."""
        for name, one in measured("questions", "--warehouse", self.warehouse).items():
            if "ratio" in one:
                self.note(Figure("questions", name, one["ms"], "ms", one["facts_ms"], at_most=0.25))
            else:
                self.note(Figure("deeper questions", name, one["ms"], "ms", at_most=500))

    def graphql(self) -> None:
        """The event loop's processor time for an answer, beside a bare route and stock Strawberry."""
        for name, one in measured("graphql_cost", "--warehouse", self.warehouse).items():
            note = f"bare {one['bare_ms']:.2f}, stock Strawberry {one['stock_ms']:.2f} ms"
            at_most = 1 if name == "dashboard" else 4
            self.note(Figure("GraphQL", f"{name}, {note}", one["own_ms"], "ms CPU", at_most=at_most))

    def mixed(self) -> None:
        """Dashboards beside loads, and right after them."""
        one = measured("mixed", "--warehouse", self.warehouse)
        if one["errors"]:
            raise SystemExit(f"{one['errors']} of {one['asked']} dashboards failed beside loads")
        self.note(Figure("mixed", "loaded meanwhile", one["loaded_per_s"], "rows/s", at_least=200_000))
        self.note(Figure("mixed", "p50 beside loads", one["p50_ms"], "ms", one["idle_ms"]))
        self.note(Figure("mixed", "p99 beside loads", one["p99_ms"], "ms", one["idle_ms"], at_most=10))
        self.note(Figure("mixed", "right after loads", one["unmerged_ms"], "ms", one["idle_ms"], at_most=1.5))

    def together(self) -> None:
        """Small questions, posts and the health check beside six long questions."""
        one = measured("together", "--warehouse", self.warehouse)
        for what, label in (("small", "small questions, p95"), ("post", "posts of 20 rows, p95")):
            alone, beside = one[f"{what}_alone_ms"], one[f"{what}_together_ms"]
            self.note(Figure("together", f"{label}, beside six long questions", beside, "ms", alone, at_most=5))
        for what, path in (("health", "/healthz"), ("ready", "/readyz")):
            probed, alone = one[f"{what}_together_ms"], one[f"{what}_alone_ms"]
            note = f"alone {alone:.1f}"
            self.note(Figure("together", f"{path}, p99, beside them", probed, "ms", at_most=50, note=note))
        at_once, in_turn = one["long_at_once_s"], one["long_in_turn_s"]
        self.note(Figure("together", "six long questions at once", at_once, "s", in_turn, at_most=1.5))
        sent = measured("senders", "--warehouse", self.warehouse)
        self.note(Figure("together", "posts of one sender, p95", sent["one_p95_ms"], "ms", at_most=300))
        self.note(Figure("together", "posts of 16 senders", sent["sixteen_per_s"], "posts/s", at_least=100))
        self.note(Figure("together", "posts of 16 senders, p95", sent["sixteen_p95_ms"], "ms", at_most=1_000))
        open_pages = measured("live", "--warehouse", self.warehouse)
        one, many = open_pages["one_computed_per_s"], open_pages["many_computed_per_s"]
        what = f"dashboards computed for {open_pages['pages']:.0f} open pages, by those for one"
        self.note(Figure("together", what, many, "a second", one, at_most=1.5))
        spent = open_pages["many_ms_per_load"]
        note = f"one page {open_pages['one_ms_per_load']:.0f}, the load {open_pages['loads_ms_per_load']:.0f} ms"
        self.note(Figure("together", "their processor time a load", spent, "ms", note=note))

    def growth(self) -> None:
        """The dashboard over a tenth of the sessions of as many users, and over all."""
        files, smaller = self.folder / "smaller-files", self.folder / "smaller"
        users = min(max(self.sessions // 20, 1), 500_000)
        measured("generate", "--sessions", self.sessions // 10, "--users", users, "--to", files)
        loaded = measured("load", "--files", files, "--warehouse", smaller)
        whole = self.loaded_per_s
        self.note(Figure("growth", "load", whole, "rows/s", loaded["rows_per_s"], at_least=1))
        figures = measured("growth", "--smaller", smaller, "--larger", self.warehouse)
        memory, ready_s = figures.pop("memory"), figures.pop("larger_ready_s")
        for zone, one in figures.items():
            self.note(Figure("growth", zone, one["larger_ms"], "ms", one["smaller_ms"], at_most=1.3))
        self.note(Figure("growth", "memory", memory["larger_MiB"], "MiB", memory["smaller_MiB"]))
        self.note(Figure("growth", "ready", ready_s, "s", at_most=2))

    def start(self) -> None:
        """Help, and a server over the warehouse."""
        one = measured("start", "--warehouse", self.warehouse)
        note = f"python alone {one['python_s']:.2f} s"
        self.note(Figure("start", "marquee --help", one["help_s"], "s", at_most=0.25, note=note))
        self.note(Figure("start", "ready to serve", one["ready_s"], "s", at_most=2))

    def web(self) -> None:
        """A first visit of the dashboard on the demo data."""
        one = measured("web")
        note = f"{one['requests']:.0f} requests to /graphql"
        self.note(Figure("web", "JavaScript of the first page, gzip", one["script_bytes"] / 1000, "kB", at_most=120))
        self.note(Figure("web", "first contentful paint", one["paint_ms"], "ms", at_most=400))
        self.note(Figure("web", "all panels are there", one["ready_ms"], "ms", at_most=800, note=note))
        slow = one["slow_longest_task_ms"]
        self.note(Figure("web", "longest task, processor 4 times slower", slow, "ms", at_most=100))

    def ingest(self) -> None:
        """Each format by our load and by the engine's INSERT ... SELECT FROM file(...)."""
        files = self.folder / "ingest"
        written = measured("ingest_files", "--half", MILLION, "--whole", 2 * MILLION, "--to", files)
        for form, goal in (("parquet", 0.6), ("csv", 0.5), ("ndjson", 0.4)):
            for name in (f"odd.{form}", f"whole.{form}"):
                sides = {}
                for side, *flag in (("bare", "--bare"), ("own",)):
                    with tempfile.TemporaryDirectory(dir=files) as warehouse:
                        sides[side] = measured("ingest", "--files", files, "--warehouse", f"{warehouse}/w", *flag, name)
                own, bare = sides["own"]["rows_per_s"], sides["bare"]["rows_per_s"]
                size = f"{written[name]:,.0f} MiB"
                self.note(Figure("ingest", f"{name}, {size}", own, "rows/s", bare, at_least=goal))

    def http(self) -> None:
        """Rows over HTTP, into a warehouse that is looked through for known ids."""
        for what, value in measured("http", "--warehouse", self.warehouse).items():
            self.note(Figure("http", what, value, ""))

    def spark(self) -> None:
        """Every job by the size of its data: time, rows a second, and the memory of Spark's own process."""
        for sessions in sorted({size for size in SPARK_SIZES if size <= self.sessions} or {self.sessions}):
            files, warehouse = self.folder / f"spark-{sessions}-files", self.folder / f"spark-{sessions}"
            measured("generate", "--sessions", sessions, "--to", files)
            measured("load", "--files", files, "--warehouse", warehouse)
            for what, value in measured("spark", "--warehouse", warehouse).items():
                unit = next((unit for end, unit in SPARK_UNITS.items() if what.endswith(end)), "")
                self.note(Figure(f"spark, {sessions:,}", what, value, unit))


# By default those that fit in eight minutes; the others take their time. Beyond 10 M sessions, how cost grows.
DEFAULT = ("hostile", "generate", "load", "cold", "warm", "questions", "graphql", "start", "mixed")
LARGE = ("generate", "load", "cold", "start", "growth")
SECTIONS = (*DEFAULT, "together", "growth", "ingest", "http", "spark", "web")
NEEDED = ("generate", "load")
# Spark's cost is a fixed part and one that grows: sizes tell them apart.
SPARK_SIZES = (100_000, MILLION, 10 * MILLION)
SPARK_UNITS = {"_rows_per_s": "rows/s", "_s": "s", "_MiB": "MiB"}


def _scale(text: str) -> int:
    """A number of sessions; `k` and `M` stand for thousands and millions."""
    units = {"k": 1_000, "M": MILLION}
    return int(float(text[:-1]) * units[text[-1]]) if text[-1:] in units else int(text)


def _mib(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20


def _shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"


def table(figures: list[Figure]) -> Table:
    """The report: ours, the baseline's, ratio, target."""
    shown = Table("", "", "ours", "baseline", "ratio", "target", "", box=None, header_style="bold")
    for figure in figures:
        target = "" if figure.at_most is None else f"≤ {figure.at_most:g}"
        target = target or ("" if figure.at_least is None else f"≥ {figure.at_least:g}")
        met = {True: "met", False: "[red]not met[/red]", None: ""}[figure.is_met]
        ours = f"{_shown(figure.ours)} {figure.unit}"
        shown.add_row(
            figure.section, figure.what, ours, _shown(figure.baseline), _shown(figure.ratio), target, met or figure.note
        )
    return shown


def main() -> None:
    """Run the sections that are asked for and what they need."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("sections", nargs="*", default=[], metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--scale", type=_scale, default=10 * MILLION, help="sessions, such as 300k, 10M or 100M")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    asked = parser.parse_args()
    unknown = set(asked.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"there is no section {min(unknown)}; sections: {', '.join(SECTIONS)}")
    wanted = set(asked.sections) or set(DEFAULT if asked.scale <= 10 * MILLION else LARGE)
    if wanted - {"hostile", "ingest", "spark", "web"}:
        wanted |= set(NEEDED)
    with tempfile.TemporaryDirectory(prefix="marquee-bench-") as folder:
        bench = Bench(asked.scale, Path(folder))
        for section in SECTIONS:
            if section in wanted:
                getattr(bench, section)()
    print(file=sys.stderr)
    Console(width=140).print(f"{asked.scale:,} sessions", table(bench.figures))
    if asked.json:
        asked.json.write_text(json.dumps([asdict(one) | {"ratio": one.ratio} for one in bench.figures], indent=2))


if __name__ == "__main__":
    main()
