"""Steps that a run is asked for: arguments stand where they belong, or the sentence says where they do."""

from datetime import date

import pytest

from resolvers.runner import StepAsked
from server.pipeline_runs.asked import check_asked
from warehouse.errors import BadInput
from warehouse.pipeline_runs import PipelineStep

VERIFY, LOAD = StepAsked(PipelineStep.VERIFY), StepAsked(PipelineStep.LOAD)
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([], "A run has 1 to 20 steps, and here are 0"),
        ([VERIFY] * 21, "and here are 21"),
        ([VERIFY, LOAD], "Set MARQUEE_DROP_FOLDER and start the server again"),
        ([VERIFY, StepAsked(PipelineStep.VERIFY, sessions=5)], "Step 2, VERIFY: it takes no `sessions`"),
        ([StepAsked(PipelineStep.GENERATE, sessions=0)], "`sessions` is 0. It may be 1 to 10000000"),
        ([StepAsked(PipelineStep.GENERATE, sessions=10_000_001)], "`sessions` is 10000001"),
        ([StepAsked(PipelineStep.CHURN, first=MARCH)], "Step 1, CHURN: it takes no `from` and `to`"),
        ([StepAsked(PipelineStep.GENERATE, last=MARCH)], "it takes no `from` and `to`. They are for RANKINGS"),
        ([StepAsked(PipelineStep.RANKINGS, first=APRIL, last=MARCH)], "`to` (2026-03-01) lies before `from`"),
    ],
)
def test_what_can_not_be_run_is_said_before_it_begins(steps: list[StepAsked], said: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_asked(steps, drop_folder="")
    assert said in str(refused.value)


def test_what_can_be_run_passes() -> None:
    generate = StepAsked(PipelineStep.GENERATE, sessions=10_000_000)
    check_asked([generate, LOAD, StepAsked(PipelineStep.RANKINGS, first=MARCH, last=MARCH)], drop_folder="incoming")
    check_asked([VERIFY] * 20, drop_folder="")
