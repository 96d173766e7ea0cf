"""Steps that a run is asked for: arguments stand where they belong, or the sentence says where they do."""

from datetime import date

import pytest

from resolvers.pipeline_runner_interface import StepRequest
from server.pipeline_runs.run_request import check_steps
from warehouse.errors import BadInput
from warehouse.pipeline_runs import PipelineStep

VERIFY, LOAD = StepRequest(PipelineStep.VERIFY), StepRequest(PipelineStep.LOAD)
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([], "A run has 1 to 20 steps; this one has 0"),
        ([VERIFY] * 21, "this one has 21"),
        ([VERIFY, LOAD], "Set MARQUEE_DROP_FOLDER and start the server again"),
        ([VERIFY, StepRequest(PipelineStep.VERIFY, sessions=5)], "Step 2, VERIFY: it takes no `sessions`"),
        ([StepRequest(PipelineStep.GENERATE, sessions=0)], "`sessions` is 0. It may be 1 to 10000000"),
        ([StepRequest(PipelineStep.GENERATE, sessions=10_000_001)], "`sessions` is 10000001"),
        ([StepRequest(PipelineStep.CHURN, first=MARCH)], "Step 1, CHURN: it takes no `from` and `to`"),
        ([StepRequest(PipelineStep.GENERATE, last=MARCH)], "it takes no `from` and `to`. They are for RANKINGS"),
        ([StepRequest(PipelineStep.RANKINGS, first=APRIL, last=MARCH)], "`to` (2026-03-01) lies before `from`"),
    ],
)
def test_what_can_not_be_run_is_said_before_it_begins(steps: list[StepRequest], said: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_steps(steps, drop_folder="")
    assert said in str(refused.value)


def test_what_can_be_run_passes() -> None:
    generate = StepRequest(PipelineStep.GENERATE, sessions=10_000_000)
    check_steps([generate, LOAD, StepRequest(PipelineStep.RANKINGS, first=MARCH, last=MARCH)], drop_folder="incoming")
    check_steps([VERIFY] * 20, drop_folder="")
