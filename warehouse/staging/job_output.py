"""What a job reported about its result, and whether the files that are there match: their run, rows and columns."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from warehouse.errors import Unavailable
from warehouse.staging.storage import Place

# Where Spark notes a file's schema, and the key of the run's id in its first column's metadata (spark/jobs/run_job.py).
SPARK_SCHEMA = b"org.apache.spark.sql.parquet.row.metadata"
RUN_MARK = "marquee_run"


@dataclass(frozen=True)
class ToldTable:
    """What was written of a table: its rows, and each column's name and Spark type, as JSON has them."""

    rows: int
    columns: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Told:
    """What one run reported about one part of a result."""

    run: str
    tables: Mapping[str, ToldTable]

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Self:
        """From the event of a job.

        Raises: Unavailable if it does not tell.
        """
        try:
            tables = {
                name: ToldTable(int(one["rows"]), [(column, _plain(kind)) for column, kind in one["columns"]])
                for name, one in event["tables"].items()
            }
            return cls(str(event["run"]), tables)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unavailable("The Spark job does not say what it wrote. The previous result stays.") from error

    def check(self, place: Place, table: str, files: Sequence[str]) -> None:
        """Compare a table's files with what was reported.

        Raises: Unavailable for another run's, another number of rows, or other columns.
        """
        told = self.tables.get(table)
        if told is None:
            raise Unavailable(f"The job did not report {table}. The previous result stays.")
        rows = 0
        for file in files:
            more, noted = place.footer_of(file)
            rows += more
            run, columns = _schema(noted)
            if run != self.run:
                raise Unavailable(f"{file} in {place} is of the run {run or '?'}, and not of {self.run}. {_STAYS}")
            if columns != list(told.columns):
                raise Unavailable(f"{file} in {place} has other columns than the job reported. {_STAYS}")
        if rows != told.rows:
            raise Unavailable(
                f"The files of {table} in {place} have {rows:,} rows, and the job reported {told.rows:,}. {_STAYS}"
            )


_STAYS = "The previous result stays."


def _schema(noted: Mapping[bytes, bytes]) -> tuple[str, list[Any]]:
    """A file's run and columns, as Spark noted them; nothing if it did not."""
    try:
        fields = json.loads(noted[SPARK_SCHEMA])["fields"]
        run = str(fields[0]["metadata"].get(RUN_MARK, ""))
        return run, [(field["name"], _plain(field["type"])) for field in fields]
    except (KeyError, IndexError, TypeError, ValueError):
        return "", []


def _plain(kind: Any) -> Any:
    """A type without what it says of NULL: Spark writes every column as one that may have some."""
    if isinstance(kind, dict):
        return {name: _plain(value) for name, value in kind.items() if not name.lower().endswith(("null", "nullable"))}
    return [_plain(one) for one in kind] if isinstance(kind, list) else kind
