"""The SQL of a warehouse on a cluster, as files to compare: `python -m tests.integration.warehouse.golden_cluster_sql`
writes them anew.
"""

from collections.abc import Mapping
from pathlib import Path

from tests.support.cluster_node import CLUSTER
from warehouse.cluster.cluster_sql import fill_statements, migration_statements, table_statements
from warehouse.engine.address import Server, parse
from warehouse.tables.migrate import known

FOLDER = Path(__file__).with_name("cluster_sql")
DATABASE = "marquee"


def address() -> Server:
    """Where the cluster's warehouse is."""
    found = parse(f"clickhouse://loader:its%2Fword@host/{DATABASE}")
    assert isinstance(found, Server)
    return found


def files() -> Mapping[str, str]:
    """File name → statements: of each migration, of what is generated, and of filling one shard."""
    latest = max(migration.number for migration in known())
    found = {migration.name: _text(made) for migration, made in migration_statements(CLUSTER, DATABASE)}
    found["generated.sql"] = _text(list(table_statements(CLUSTER, address(), after=latest)))
    found["fill.sql"] = _text(list(fill_statements()))
    return found


def _text(statements: list[str]) -> str:
    return "".join(f"{statement};\n" for statement in statements)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
