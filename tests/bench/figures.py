"""What every step measures: seconds, and the peak of this process's memory."""

import argparse
import json
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def warehouse_argument() -> Path:
    """The folder of the warehouse that a step is to measure, from its command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--warehouse", type=Path, required=True)
    folder: Path = parser.parse_args().warehouse
    return folder


@contextmanager
def timed(seconds: list[float]) -> Iterator[None]:
    """Append the seconds that the block took."""
    began = time.perf_counter()
    yield
    seconds.append(time.perf_counter() - began)


def peak_mib() -> float:
    """The most memory that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def report(**figures: float | int | str | dict[str, float]) -> None:
    """Print the figures for the process that started this one."""
    print(json.dumps(figures))
