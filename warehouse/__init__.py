"""ClickHouse: connection, migrations, the model, the query compiler, masks as SQL, loads."""

from warehouse.warehouse import Warehouse, open_warehouse

__all__ = ["Warehouse", "open_warehouse"]
