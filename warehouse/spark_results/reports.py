"""The quality of the models: what each job measured on held-out rows, compared with a baseline."""

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.access import Access
from warehouse.engine.engine import Engine
from warehouse.model.columns import Kind, stored_columns
from warehouse.plurals import counted
from warehouse.query.masked_source import Source, read
from warehouse.query.parameters import Parameters
from warehouse.spark_results.result_queries import released_to

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

    def __str__(self) -> str:
        """As a command prints it."""
        both = (("is", self.model), ("baseline", self.baseline))
        figures = [f"{what} {value:.4g}" for what, value in both if value is not None]
        return f"{self.metric} {', '.join(figures)} on {counted(self.rows, 'row')}"


def reports(engine: Engine, access: Access) -> Sequence[Report]:
    """The metrics of the jobs that have run, by job and metric.

    Raises: Forbidden under a scope, unless every one of the jobs was released.
    """
    return [one for job in REPORTS for one in reports_of(engine, access, job)]


def reports_of(engine: Engine, access: Access, job: str) -> Sequence[Report]:
    """The metrics of one job, by name; none for a job without a model, or that has not run."""
    if job not in REPORTS:
        return ()
    source, parameters = REPORTS[job], Parameters()
    shown = read(source, source.columns, released_to(access, job), parameters)
    sql = f"SELECT metric, model, baseline, rows FROM {shown} ORDER BY metric"
    return [Report(job, *row) for row in engine.query(sql, parameters.values).rows]
