"""Buffering alerts: windows of event time in which a device buffered more than usual in a country."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from warehouse.access import Access
from warehouse.engine.engine import Engine
from warehouse.model.columns import Kind, lacking, named_sql, stored_columns
from warehouse.query.collation import order_sql
from warehouse.query.masked_source import Source, read
from warehouse.query.parameters import Parameters
from warehouse.spark_results.result_queries import check_limit, released_to

JOB = "quality"
WINDOWS = Source(
    "quality alerts",
    "quality_windows",
    MappingProxyType(
        {
            "country": lacking("country", "country", "country", "users.country"),
            "device": lacking("device", "device", "device"),
            **stored_columns(
                window_start=Kind.INSTANT,
                window_end=Kind.INSTANT,
                sessions=Kind.NUMBER,
                buffering_per_view=Kind.NUMBER,
                usual=Kind.NUMBER,
                alert=Kind.NUMBER,
            ),
        }
    ),
)


@dataclass(frozen=True)
class Alert:
    """One window [start, end), UTC; `usual` is what the device buffered per view in the country before it."""

    start: datetime
    end: datetime
    device: str | None
    country: str | None
    views: int
    buffering_per_view: float
    usual: float


def alerts(engine: Engine, limit: int, device: str | None, country: str | None, access: Access) -> Sequence[Alert]:
    """The newest alerts that the asker sees, newest first, then most buffering first; for one device or country, or
    all.

    Raises: BadInput for a limit out of bounds; Forbidden under a scope of anything but countries.
    """
    check_limit(limit, access)
    parameters, seen = Parameters(), released_to(access, JOB)
    source = read(WINDOWS, WINDOWS.columns, seen, parameters)
    asked = [(name, value) for name, value in (("device", device), ("country", country)) if value is not None]
    tests = ["alert", *(f"{named_sql(name)} = {parameters.add(value, 'String')}" for name, value in asked)]
    in_order = f"{order_sql('device')}, {order_sql('country')}"
    found = engine.query(
        f"SELECT window_start, window_end, device, country, sessions, buffering_per_view, usual FROM {source} "
        f"WHERE {' AND '.join(tests)} ORDER BY window_start DESC, buffering_per_view DESC, {in_order} "
        f"LIMIT {parameters.add(limit, 'UInt32')}",
        parameters.values,
    )
    return [Alert(*row) for row in found.rows]
