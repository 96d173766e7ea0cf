"""Where rows are on a cluster: divided among its shards, or whole on every server.

Rows of one user are on one shard, so sets of users of different shards have nobody in common, and counts of viewers add
up. Everything that rows are looked up in is on every server, so that each shard answers its part by itself.
"""

from warehouse.loads.row_verdicts import FACT_TABLES
from warehouse.model.rollups import ROLLUPS

USER_KEY = "user_key"
# Facts and what was taken back of them. Rows go to the shard that the remainder of the user's key names.
_BY_USER = frozenset(f"{fact}{end}" for fact in FACT_TABLES for end in ("", "_undone"))
# Made on each shard from the facts there; nothing is ever sent to them.
_BESIDE_FACTS = frozenset(rollup.name for rollup in ROLLUPS)
_STAGE = "_staging"


def is_divided(table: str) -> bool:
    """Whether a table's rows are divided among the shards."""
    return table.removesuffix(_STAGE) in _BY_USER | _BESIDE_FACTS


def divided_tables() -> list[str]:
    """The tables that are divided, facts before rollups; stages are not among them."""
    return [*sorted(_BY_USER), *(rollup.name for rollup in ROLLUPS)]


def sharding_key(table: str) -> str:
    """The column by which rows that are inserted find their shard; '' for tables that no rows are sent to."""
    return USER_KEY if table.removesuffix(_STAGE) in _BY_USER else ""


def local_table(table: str) -> str:
    """The table that has a server's own rows: the table itself, unless it is divided."""
    return f"{table}_local" if is_divided(table) else table
