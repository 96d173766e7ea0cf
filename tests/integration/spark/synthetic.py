"""Synthetic series on which forecasts are measured: what a service meets, with the chance that counts have.

    python -m tests.integration.spark.synthetic [--seeds 20]

prints the table of docs/models.md: of each kind the mean absolute error of what is published and of last week's same
day, and how often the 80 % intervals held what came, over forecasts made from each of 57 past days of 140.
"""

import argparse
import sys
from collections.abc import Callable, Mapping

import numpy as np

from spark.forecast_model import AHEAD, Array, forecast

DAYS = 140
WEEK = np.array([0.7, 0.7, 0.8, 0.9, 1.1, 1.5, 1.3])
Kind = Callable[[np.random.Generator], Array]
_DAY = np.arange(DAYS + AHEAD)
_WEEKLY = WEEK[_DAY % 7]


def _bursts(chance: np.random.Generator) -> Array:
    return np.where(chance.random(len(_DAY)) < 0.3, 20.0, 0.0)


def _outage(chance: np.random.Generator) -> Array:
    means = 100 * _WEEKLY
    # Two or three days in a row with next to nothing, about once a month.
    for start in chance.choice(len(_DAY) - 3, 5, replace=False):
        means[start : start + chance.integers(2, 4)] *= 0.05
    return means


# Kind → the means of its days.
KINDS: Mapping[str, Kind] = {
    "constant": lambda _: np.full(len(_DAY), 100.0),
    "trend": lambda _: (40.0 + _DAY) * _WEEKLY,
    "week": lambda _: 100 * _WEEKLY,
    "opposite week": lambda _: 100 * _WEEKLY[::-1],
    "launch": lambda chance: np.where(chance.integers(70, 120) > _DAY, 60.0, 180.0) * _WEEKLY,
    "outage": _outage,
    "zeros": lambda chance: np.where(chance.integers(60, 100) > _DAY, 20.0, 0.0),
    "intermittent": _bursts,
}


def series(seed: int) -> dict[str, Array]:
    """One series of each kind, and the 14 days after it."""
    chance = np.random.default_rng(seed)
    return {name: chance.poisson(kind(chance)).astype(float) for name, kind in KINDS.items()}


def measure(seeds: int) -> dict[str, tuple[float, float, float, float]]:
    """Kind → mean absolute errors of what is published, of the baseline, and of the model had it always been
    published, and the share of days inside of their intervals. All series of a seed are forecast together."""
    found: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in KINDS}
    for seed in range(seeds):
        made = series(seed)
        counts = np.stack([one[:DAYS] for one in made.values()])
        done = forecast(counts)
        for at, name in enumerate(made):
            inside = done.inside[at]
            found[name].append(
                (
                    float(np.nanmean(np.abs(done.errors[at]))),
                    float(np.nanmean(np.abs(done.baseline_errors[at]))),
                    float(np.nanmean(np.abs(done.model_errors[at]))),
                    float(np.nanmean(inside)),
                )
            )
    return {name: tuple(np.mean(rows, axis=0)) for name, rows in found.items()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.integration.spark.synthetic")
    parser.add_argument("--seeds", type=int, default=12)
    write = sys.stdout.write
    write("| series | published | last week's same day | model | inside of 80 % |\n|---|---|---|---|---|\n")
    for name, (published, baseline, model, inside) in measure(parser.parse_args().seeds).items():
        write(f"| {name} | {published:.2f} | {baseline:.2f} | {model:.2f} | {inside:.2f} |\n")


if __name__ == "__main__":
    main()
