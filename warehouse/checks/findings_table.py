"""The table `load_checks`: findings of rounds, appended, and read by load."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa

from warehouse.checks.checked_loads import Group
from warehouse.checks.finding import Finding
from warehouse.engine.engine import Engine

_SCHEMA = pa.schema(
    [
        ("load_id", pa.uint32()),
        ("first_load_id", pa.uint32()),
        ("table", pa.string()),
        ("position", pa.uint16()),
        ("check", pa.string()),
        ("subject", pa.string()),
        ("status", pa.string()),
        ("value", pa.float64()),
        ("expected", pa.float64()),
        ("threshold", pa.float64()),
        ("sentence", pa.string()),
        ("checked_at", pa.timestamp("ms", "UTC")),
    ]
)


def keep(engine: Engine, group: Group, findings: Sequence[Finding]) -> None:
    """Write a round's findings, all in one block: a group has all of them or none."""
    now = datetime.now(UTC)
    rows = [
        {
            "load_id": group.last,
            "first_load_id": group.first,
            "table": group.table,
            "position": position,
            "check": one.check,
            "subject": one.subject,
            "status": one.status.value,
            "value": one.value,
            "expected": one.expected,
            "threshold": one.threshold,
            "sentence": one.sentence,
            "checked_at": now,
        }
        for position, one in enumerate(findings, start=1)
    ]
    engine.write("load_checks", pa.Table.from_pylist(rows, _SCHEMA))
