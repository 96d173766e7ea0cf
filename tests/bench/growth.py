"""Step `growth`: the dashboard, cold, over two warehouses of ours that differ in their number of sessions only.

Both servers are asked the same range in turn, so what disturbs one disturbs both.
"""

import argparse
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.bench.cold import Days, dashboard_of, fresh_ranges
from tests.bench.figures import report
from tests.bench.servers import Served, marquee_uncached

ZONES = ("UTC", "America/New_York", "Asia/Kolkata")
WARM_UPS, ROUNDS = 3, 15


def main() -> None:
    """Race the two."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--smaller", type=Path, required=True)
    parser.add_argument("--larger", type=Path, required=True)
    asked = parser.parse_args()
    ranges = fresh_ranges(Random(11))
    with marquee_uncached(asked.smaller) as smaller, marquee_uncached(asked.larger) as larger:
        figures = {zone: _raced(smaller, larger, zone, ranges) for zone in ZONES}
        memory = {"smaller_MiB": smaller.resident_mib(), "larger_MiB": larger.resident_mib()}
        report(**figures, memory=memory, larger_ready_s=larger.ready_s)


def _raced(smaller: Served, larger: Served, zone: str, ranges: Iterator[Days]) -> dict[str, float]:
    times: dict[str, list[float]] = {"smaller": [], "larger": []}
    for number in range(WARM_UPS + ROUNDS):
        days = next(ranges)
        for name, server in (("smaller", smaller), ("larger", larger)):
            with server.client() as client:
                began = time.perf_counter()
                dashboard_of(server, days, zone, client)
                if number >= WARM_UPS:
                    times[name].append(time.perf_counter() - began)
    small, large = (statistics.median(times[name]) * 1000 for name in ("smaller", "larger"))
    return {"smaller_ms": small, "larger_ms": large, "ratio": large / small}


if __name__ == "__main__":
    main()
