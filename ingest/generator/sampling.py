"""Weighted sampling with one array look-up per draw."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Ints = npt.NDArray[np.integer]


def lookup_rows(weights: Floats, width: int, rng: np.random.Generator) -> npt.NDArray[np.int32]:
    """For each row of `weights` (rows, choices), a row (rows, width) with each choice in proportion to its weight.

    A uniform pick from a row is then a weighted draw. It uses systematic resampling with a random phase per row, so
    even a choice with less than one place in `width` has a chance.
    """
    cumulative = np.cumsum(weights, axis=1, dtype=np.float64)
    cumulative /= cumulative[:, -1:]
    rows, choices = weights.shape
    order = np.arange(rows)[:, None]
    positions = (np.arange(width) + rng.random((rows, 1))) / width
    # One sorted array for all rows: row r occupies [r, r + 1).
    found = np.searchsorted((cumulative + order).ravel(), (positions + order).ravel(), side="right")
    picked: npt.NDArray[np.int64] = found.reshape(rows, width) - order * choices
    # Rounding may put a position past the row's end; it gets the last choice with a positive weight.
    last = choices - 1 - np.argmax(weights[:, ::-1] > 0, axis=1)
    table: npt.NDArray[np.int32] = np.minimum(picked, last[:, None]).astype(np.int32)
    return table


def pick(table: npt.NDArray[np.int32], rows: Ints, rng: np.random.Generator) -> npt.NDArray[np.int32]:
    """One draw, shape (n,), from each of the `rows` (n,) of a `lookup_rows` table."""
    width = table.shape[1]
    column = (rng.random(len(rows), dtype=np.float32) * np.float32(width)).astype(np.int32)
    # float32 rounding can reach the width itself.
    np.minimum(column, width - 1, out=column)
    drawn: npt.NDArray[np.int32] = table.ravel()[rows.astype(np.int64) * width + column]
    return drawn


def choose(weights: Floats, count: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """`count` independent weighted draws."""
    cumulative = np.cumsum(weights, dtype=np.float64)
    drawn = np.searchsorted(cumulative / cumulative[-1], rng.random(count), side="right")
    return np.minimum(drawn, len(weights) - 1)
