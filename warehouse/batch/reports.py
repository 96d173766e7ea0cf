"""How well the models do: what each job measured on rows that it had held back, beside its baseline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.access import Access
from warehouse.batch.asking import released_to
from warehouse.model.columns import Kind, stored_columns
from warehouse.parameters import Parameters
from warehouse.source import Source, read

if TYPE_CHECKING:
    from warehouse.warehouse import Warehouse

# Job → its report. No scope can read one: a model is measured on everybody.
REPORTS = {
    job: Source(
        "the reports of models",
        table,
        stored_columns(metric=Kind.TEXT, model=Kind.NUMBER, baseline=Kind.NUMBER, rows=Kind.NUMBER),
    )
    for job, table in (
        ("churn", "churn_report"),
        ("forecast", "forecast_report"),
        ("recommendations", "recommendation_report"),
    )
}


@dataclass(frozen=True)
class Report:
    """One metric of one job; None where it has none. `rows` is what it was measured on."""

    job: str
    metric: str
    model: float | None
    baseline: float | None
    rows: int


def reports(warehouse: "Warehouse", access: Access) -> Sequence[Report]:
    """The metrics of the jobs that have run, by job and metric.

    Raises: Forbidden under a scope, unless every one of the jobs was released.
    """
    found = []
    for job, source in REPORTS.items():
        parameters = Parameters()
        shown = read(source, source.columns, released_to(access, job), parameters)
        rows = warehouse.engine.query(
            f"SELECT metric, model, baseline, rows FROM {shown} ORDER BY metric", parameters.values
        ).rows
        found += [Report(job, *row) for row in rows]
    return found
