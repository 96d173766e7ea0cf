"""ClickHouse: connection, migrations, the model, the query compiler, masks as SQL, loads."""

from typing import TYPE_CHECKING, Any

from warehouse.opening import open_warehouse

if TYPE_CHECKING:
    from warehouse.warehouse import Warehouse
else:

    def __getattr__(name: str) -> Any:
        """`Warehouse`, once somebody names it: whoever needs a model or an error alone does not import the engine."""
        if name != "Warehouse":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from warehouse.warehouse import Warehouse

        return Warehouse


__all__ = ["Warehouse", "open_warehouse"]
