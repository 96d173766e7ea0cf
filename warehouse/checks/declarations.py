"""The data quality checks, each declared once: what it measures, what it expects, and when it warns or fails."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from warehouse.described_enum import DescribedEnum


class Status(DescribedEnum):
    """The result of a check, from no result to the worst."""

    NOT_ENOUGH_DATA = "NOT_ENOUGH_DATA", "There is too little data to tell."
    PASS = "PASS", "Within all bounds."
    WARN = "WARN", "Unusual: look at it when there is time."
    FAIL = "FAIL", "Far off: figures made of these rows are probably wrong."


# From best to worst.
SEVERITY = tuple(Status)
# How many rounds of checks are returned at once.
MOST_ROUNDS = 200
_COUNTED = ("viewing_sessions", "ratings")
_FACTS = (*_COUNTED, "assignments")
_DESCRIBED = (*_COUNTED, "users", "movies")
_ALL = (*_FACTS, "users", "movies", "experiments")


@dataclass(frozen=True)
class Bounds:
    """How far a value may be above and below what is expected; None means no bound."""

    warn_above: float
    fail_above: float | None
    warn_below: float | None = None
    fail_below: float | None = None


@dataclass(frozen=True)
class Check:
    """One check. `value` and `expected` say in words what is measured and what it is compared with; both are fractions.
    `advice` is what to do when it warns or fails.
    """

    slug: str
    label: str
    value: str
    expected: str
    bounds: Bounds
    advice: str
    tables: tuple[str, ...] = _FACTS


_CHECKS = (
    Check(
        "volume",
        "Volume",
        "rows of a UTC day divided by the usual number, on the day that is farthest off; the load's last 28 days and "
        "the skipped days before it are tested",
        "1: the usual number is the median of the same weekday in the 4 weeks before, at least 3 of which must have "
        "data; the newest day counts up to its newest quarter-hour",
        Bounds(0.6, 1.5, 0.3, 0.5),
        "Ask the source what is missing or comes twice under other ids; undo a wrong load with marquee ingest undo.",
        _COUNTED,
    ),
    Check(
        "nulls",
        "Missing values",
        "share of rows without a value in an optional column",
        "the share in the 28 days before; of users and films, in what earlier loads brought",
        Bounds(0.1, 0.3),
        "Check whether the column still has this name in the file (--map), and whether the client still sends it.",
        _DESCRIBED,
    ),
    Check(
        "unknown",
        "Unknown",
        "share of sessions whose film has no genre, or whose user has no country: null in the API",
        "the share in the 28 days before",
        Bounds(0.1, 0.3),
        "Load the films or users again with the attribute: a correction applies to all history.",
        ("viewing_sessions",),
    ),
    Check(
        "out_of_order",
        "Out of order",
        "share of rows that began more than a day before the newest row that was stored before the load",
        "0",
        Bounds(0.05, 0.5),
        "Figures of days that were already reported have changed; if history was meant to be filled in, this is fine.",
    ),
    Check(
        "late",
        "Late",
        "share of rows that began more than 2 days before the load did",
        "the median of the table's last 8 rounds of checks, of 3 at least",
        Bounds(0.25, 0.75),
        "Find out where the source or the delivery is delayed.",
    ),
    Check(
        "rejects",
        "Quarantined",
        "share of the file's rows in the quarantine, not counting those of forgotten people",
        "0",
        Bounds(0.01, 0.1),
        "List them with marquee ingest rejects; rows that wait for a user or film load by themselves when it arrives.",
        _ALL,
    ),
    Check(
        "duplicates",
        "Repeats",
        "share of the file's rows that were already stored with the same content",
        "0",
        Bounds(0.1, None),
        "Repeats do no harm, so this never fails; find out why the source sends rows again.",
    ),
    Check(
        "shift",
        "Shift",
        "how far the shares of known values are from the usual: the Jensen-Shannon distance, 0 (the same) to 1",
        "0: the shares in the 28 days before",
        Bounds(0.15, 0.25),
        "Look for a renamed value, a source that is missing, or a new client; a changed audience is fine.",
        _COUNTED,
    ),
)
CHECKS: Mapping[str, Check] = MappingProxyType({check.slug: check for check in _CHECKS})
