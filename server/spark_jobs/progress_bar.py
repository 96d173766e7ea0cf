"""Shows a Spark job's progress: a bar on a terminal, otherwise lines."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich import progress as bars
from rich.console import Console

from server.spark_jobs.job_runner import Stage


@contextmanager
def spark_bar(console: Console) -> Iterator[Callable[[Stage], None]]:
    """A function to report stages to."""
    if not console.is_terminal:
        yield lambda stage: console.print(f"{stage.job}: {_line(stage)}", highlight=False, markup=False)
        return
    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TimeElapsedColumn(),
    )
    with bars.Progress(*columns, console=console, transient=True) as drawn:
        task = drawn.add_task("", total=None)
        yield lambda stage: drawn.update(
            task, description=f"{stage.job}: {stage.line}", completed=stage.done, total=stage.total or None
        )


def _line(stage: Stage) -> str:
    return f"{stage.line} ({stage.done} of {stage.total})" if stage.total > 1 else stage.line
