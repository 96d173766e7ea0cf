"""What a soak left in its warehouse, once the server has ended: facts and ledger as rows were sent, rollups as facts,
charts as the engine's own windows over the facts, and an audit record for each request that was answered.
"""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.integration.server.commands import MARQUEE
from tests.integration.server.film_charts_sql import WINDOWS
from tests.soak_topic import TABLE, TopicTraffic
from warehouse import Warehouse, open_warehouse


def stored_differences(
    folder: Path, environment: Mapping[str, str], topic: TopicTraffic, replies: Mapping[str, int], jobs: int
) -> list[str]:
    """What is stored otherwise than it was sent, a sentence each; nothing if all is as it should be."""
    command = [str(MARQUEE), "warehouse", "verify"]
    verified = subprocess.run(command, env=dict(environment), capture_output=True, text=True, check=False)
    wrong = [f"rollups differ from facts: {verified.stdout}{verified.stderr}"] if verified.returncode else []
    with open_warehouse(f"chdb://{folder}") as warehouse:
        wrong += topic.differences(warehouse)
        wrong += _ledger_differences(warehouse)
        wrong += _chart_differences(warehouse)
        wrong += _audit_differences(warehouse, replies, jobs)
    return wrong


def _ledger_differences(warehouse: Warehouse) -> list[str]:
    stored, ids = warehouse.engine.query(f"SELECT count(), uniqExact(id) FROM {TABLE}").rows[0]
    accepted, under_way = warehouse.engine.query(
        "SELECT sumIf(accepted, state = 'done'), countIf(state = 'committing') FROM loads FINAL "
        f"WHERE table = '{TABLE}'"
    ).rows[0]
    if stored == ids == accepted and not under_way:
        return []
    return [f"{stored:,} rows are stored, of {ids:,} ids; the ledger accepted {accepted:,}; {under_way} are under way"]


def _chart_differences(warehouse: Warehouse) -> list[str]:
    columns = "period, period_start, by, value, movie_key, views, rank, dense_rank"
    charts = warehouse.engine.query(f"SELECT {columns} FROM movie_rankings ORDER BY ALL").rows
    expected = warehouse.engine.query(WINDOWS).rows
    if charts and [tuple(row) for row in charts] == [tuple(row) for row in expected]:
        return []
    return [f"Spark's {len(charts):,} places in charts are not the {len(expected):,} of the engine's windows"]


def _audit_differences(warehouse: Warehouse, replies: Mapping[str, int], jobs: int) -> list[str]:
    told = warehouse.engine.query("SELECT subject, count() FROM audit_log WHERE role != '' GROUP BY subject").rows
    recorded: dict[str, int] = {subject: count for subject, count in told}  # noqa: C416 - rows of any type
    wrong = [
        f"{count} requests of {subject} were answered, {recorded.get(subject, 0)} are in the audit log"
        for subject, count in replies.items()
        if recorded.get(subject, 0) != count
    ]
    spark, gaps = warehouse.engine.query(
        "SELECT countIf(kind = 'ADMIN' AND outcome = 'OK' AND operation LIKE '%spark rankings%'), "
        "countIf(kind = 'GAP') FROM audit_log"
    ).rows[0]
    if (spark, gaps) != (jobs, 0):
        wrong.append(f"the audit log has {spark} jobs of {jobs}, and {gaps} gaps")
    return wrong
