"""`marquee warehouse cluster-tables` and `cluster-fill`: print the SQL of a warehouse on a ClickHouse cluster."""

from typing import Annotated

import typer

from warehouse.command_session import CommandSession
from warehouse.engine.address import Server
from warehouse.errors import BadInput


def cluster_tables(
    ctx: typer.Context,
    after: Annotated[int, typer.Option(min=0, help="Leave out migrations up to this number: they are applied.")] = 0,
) -> None:
    """Print SQL that makes the tables of a warehouse on the cluster that MARQUEE_CLUSTER names. Connects to nothing."""
    session: CommandSession = ctx.obj
    cluster = _cluster(session)
    address = session.address
    if not isinstance(address, Server):
        raise BadInput(
            "MARQUEE_CLUSTER needs a server's address in MARQUEE_WAREHOUSE: clickhouse://user:password@host/database. "
            "Its database and account are in the SQL."
        )
    from warehouse.cluster.cluster_sql import table_statements

    for statement in table_statements(cluster, address, after):
        session.out(f"{statement};")


def cluster_fill(ctx: typer.Context) -> None:
    """Print SQL that fills the rollups of one shard from its facts, for one server of each shard. Connects to
    nothing."""
    session: CommandSession = ctx.obj
    _cluster(session)
    from warehouse.cluster.cluster_sql import fill_statements

    for statement in fill_statements():
        session.out(f"{statement};")


def _cluster(session: CommandSession) -> str:
    if not session.cluster:
        raise BadInput("Name the cluster in MARQUEE_CLUSTER, as the servers' configuration does (remote_servers).")
    return session.cluster
