"""Step `start`: how long a newcomer waits: for help, and for a server of a warehouse that is there."""

import statistics
import subprocess
from pathlib import Path

from tests.bench.figures import report, timed, warehouse_argument
from tests.bench.servers import marquee
from tests.integration.server.commands import MARQUEE

ROUNDS = 5


def main() -> None:
    """Start each some times, and report medians."""
    folder = warehouse_argument()
    python: list[float] = []
    shown: list[float] = []
    for _ in range(ROUNDS):
        with timed(python):
            subprocess.run([str(Path(MARQUEE).with_name("python")), "-c", "pass"], check=True)
        with timed(shown):
            subprocess.run([str(MARQUEE), "--help"], check=True, stdout=subprocess.DEVNULL)
    ready = []
    for _ in range(3):
        with marquee(folder) as own:
            ready.append(own.ready_s)
    report(python_s=statistics.median(python), help_s=statistics.median(shown), ready_s=statistics.median(ready))


if __name__ == "__main__":
    main()
