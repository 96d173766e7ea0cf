"""What is stored: rows, bytes on disk and parts of each table."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warehouse.warehouse import Warehouse


@dataclass(frozen=True)
class TableStatus:
    """One table of the warehouse; tables that hold nothing between loads are left out."""

    table: str
    rows: int
    size_bytes: int
    parts: int


def table_status(warehouse: "Warehouse") -> list[TableStatus]:
    """Each table's state, largest first."""
    found = warehouse.engine.query(
        "SELECT t.name, sum(p.rows), sum(p.bytes_on_disk), countIf(p.rows > 0) FROM system.tables AS t "
        "LEFT JOIN (SELECT table, rows, bytes_on_disk FROM system.parts WHERE database = currentDatabase() "
        "AND active) AS p "
        "ON t.name = p.table WHERE t.database = currentDatabase() AND t.engine LIKE '%MergeTree' AND t.name "
        "NOT LIKE '%_staging' "
        "GROUP BY t.name ORDER BY sum(p.bytes_on_disk) DESC, t.name"
    )
    return [TableStatus(*row) for row in found.rows]
