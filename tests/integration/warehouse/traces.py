"""Looking for traces of a person in every table, also in those that no test knows yet, and in every file on disk."""

from pathlib import Path

from tests.integration.warehouse.forgettable import MARKS
from warehouse import Warehouse

# Their parts may be old ones: merged away, and removed by the engine minutes later.
HOLD_NOBODY = {
    *("movies", "movies_versions", "movie_rankings", "loads", "load_checks", "schema_migrations", "pipeline_runs"),
    *(
        "audit_log",
        "revoked_tokens",
        "issued_tokens",
        "boards",
        *("alerts", "alert_events", "alert_deliveries", "reports", "report_deliveries"),
        "published_operations",
        "spark_results",
        "rollup_states",
        "data_changes",
        "kept_history",
    ),
    *("country_reach", "country_distances", "travelling_movies", "similar_movies", "view_forecast", "quality_windows"),
    "popular_movies",
    *("churn_features", "churn_calibration", "churn_report", "forecast_report", "recommendation_report"),
}


def traces_in_tables(warehouse: Warehouse, key: int) -> set[str]:
    """`table.column` wherever a value names the person or is their key, in all tables and dictionaries there are."""
    found = set()
    for table, columns in _columns(warehouse).items():
        tests = ", ".join(f"countIf({_test(column, kind, key)})" for column, kind in columns)
        (hits,) = warehouse.engine.query(f"SELECT {tests} FROM {table}").rows
        found |= {f"{table}.{column}" for (column, _), count in zip(columns, hits, strict=True) if count}
    return found


def traces_of_statements(warehouse: Warehouse, key: int) -> list[str]:
    """Mutations that the engine remembers, and whose conditions name the person."""
    found = warehouse.engine.query("SELECT command FROM system.mutations WHERE database = currentDatabase()")
    marks = (*MARKS, str(key), "user_key")
    return [command for (command,) in found.rows if any(mark in command.lower() for mark in marks)]


def _columns(warehouse: Warehouse) -> dict[str, list[tuple[str, str]]]:
    """Name and type of each column, by table."""
    found = warehouse.engine.query(
        "SELECT c.table, c.name, c.type FROM system.columns AS c INNER JOIN system.tables AS t "
        "ON c.database = t.database AND c.table = t.name "
        "WHERE c.database = currentDatabase() AND t.engine != 'MaterializedView' ORDER BY c.table, c.position"
    )
    tables: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in found.rows:
        tables.setdefault(table, []).append((column, kind))
    return tables


def _test(column: str, kind: str, key: int) -> str:
    if kind.startswith("AggregateFunction(groupBitmap"):
        # Also in sets of films: the key is higher than any film's.
        return f"bitmapContains({column}, toUInt32({key}))"
    if column == "user_key":
        return f"{column} = {key}"
    if kind.startswith("AggregateFunction"):
        raise AssertionError(f"say how to look for a person in {column}, a {kind}")
    marks = ", ".join(f"'{mark}'" for mark in MARKS)
    return f"multiSearchAnyCaseInsensitive(toString({column}), [{marks}])"


def files_with_marks(folder: Path) -> list[Path]:
    """Files that have one of the marks in plain."""
    marks = [mark.encode() for mark in MARKS]
    return [file for file in _files(folder) if any(mark in file.read_bytes().lower() for mark in marks)]


def files_of_no_active_part(warehouse: Warehouse, folder: Path) -> set[str]:
    """Which tables have files with column values that the engine does not show to a SELECT, because their parts are
    inactive or detached; `nothing` stands for tables that were dropped. Tables that hold nobody are left out."""
    parts = warehouse.engine.query("SELECT path FROM system.parts WHERE active").rows
    active = {Path(path).resolve() for (path,) in parts}
    tables = warehouse.engine.query("SELECT arrayJoin(data_paths), name FROM system.tables").rows
    names = {Path(path).resolve(): name for path, name in tables}
    hidden = [
        file.parent.resolve()
        for file in _files(folder)
        if file.suffix in (".bin", ".idx", ".idx2") and file.parent.resolve() not in active
    ]
    return {next((names[one] for one in part.parents if one in names), "nothing") for part in hidden} - HOLD_NOBODY


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
