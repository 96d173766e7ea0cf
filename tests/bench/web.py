"""Step `web`: what a reader of the dashboard waits for, by the browser's own performance entries, on the demo data."""

import gzip
import re
import statistics
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from server.client_files import PAGES
from tests.bench.figures import report
from tests.browser.conftest import FLAGS
from tests.integration.server.commands import Place, Served

ROUNDS = 5
SLOWER = 4
_TOOL = Path(__file__).parents[2] / "tools" / "browser"
_ENTRIES = """() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    tasks: window.longTasks ?? [],
})"""
_WATCH = """window.longTasks = [];
new PerformanceObserver(list => window.longTasks.push(...list.getEntries().map(one => one.duration)))
    .observe({type: 'longtask', buffered: true});"""


def first_load_bytes() -> int:
    """The JavaScript that the first page needs, as gzip sends it."""
    page = (PAGES / "index.html").read_text(encoding="utf-8")
    return sum(
        len(gzip.compress((PAGES / path).read_bytes(), 9)) for path in re.findall(r'"\./(assets/[^"]+\.js)"', page)
    )


def visited(browser: Browser, served: Served, slower: int) -> dict[str, float]:
    """One first visit: milliseconds to the first paint and to the last panel, and the longest task."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    if slower > 1:
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.add_init_script(_WATCH)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url) if "/graphql" in request.url else None)
    page.goto(f"{served.address}/#token={served.token('viewer')}")
    expect(page.locator("[data-state=ready]").first).to_be_visible()
    expect(page.locator("[data-state=loading], [data-state=updating]")).to_have_count(0)
    ready = page.evaluate("performance.now()")
    entries = page.evaluate(_ENTRIES)
    context.close()
    return {
        "paint_ms": entries["paint"],
        "ready_ms": ready,
        "longest_task_ms": max(entries["tasks"], default=0.0),
        "requests": len(requests),
    }


def main() -> None:
    """Visit the demo some times, and report medians."""
    chromium = subprocess.run([_TOOL], capture_output=True, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        place.run("ingest", "generate")
        with place.serving("demo", "--no-activity") as served, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=list(FLAGS))
            visits = [visited(browser, served, 1) for _ in range(ROUNDS)]
            slow = [visited(browser, served, SLOWER) for _ in range(ROUNDS)]
            browser.close()
    report(
        script_bytes=first_load_bytes(),
        paint_ms=statistics.median(one["paint_ms"] for one in visits),
        ready_ms=statistics.median(one["ready_ms"] for one in visits),
        requests=statistics.median(one["requests"] for one in visits),
        slow_longest_task_ms=statistics.median(one["longest_task_ms"] for one in slow),
    )


if __name__ == "__main__":
    main()
