"""Findings: what one check measured on one group of loads, and its sentence."""

from dataclasses import dataclass

from warehouse.checks.declarations import CHECKS, Status


@dataclass(frozen=True)
class Finding:
    """`subject` is the column or dimension, empty where the check has none; `threshold` is the bound that the value
    crossed, or would have to cross to be a warning.
    """

    check: str
    subject: str
    status: Status
    value: float | None
    expected: float | None
    threshold: float | None
    sentence: str


def judged(check: str, subject: str, value: float, expected: float, told: str) -> Finding:
    """The finding for a value; `told` is the sentence without the advice."""
    status, threshold = _judge(check, value, expected)
    sentence = told if status is Status.PASS else f"{told} {CHECKS[check].advice}"
    return Finding(check, subject, status, value, expected, threshold, sentence)


def undecided(check: str, subject: str, why: str) -> Finding:
    """The finding where there is too little data."""
    return Finding(check, subject, Status.NOT_ENOUGH_DATA, None, None, None, why)


def _judge(check: str, value: float, expected: float) -> tuple[Status, float]:
    bounds = CHECKS[check].bounds
    if value < expected and bounds.warn_below is not None:
        distance, warn, fail, way = expected - value, bounds.warn_below, bounds.fail_below, -1
    else:
        distance, warn, fail, way = value - expected, bounds.warn_above, bounds.fail_above, 1
    if fail is not None and distance >= fail:
        return Status.FAIL, expected + way * fail
    return (Status.WARN if distance >= warn else Status.PASS), expected + way * warn
