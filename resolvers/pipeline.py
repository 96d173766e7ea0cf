"""Pipeline runs: `runPipeline`, `cancelPipeline`, `pipelineRuns` and the subscription `pipelineRun`."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

import strawberry

import warehouse.pipeline_runs as table
from resolvers.context import Context, context_of
from resolvers.pipeline_runner_interface import PipelineRunner, StepRequest
from resolvers.thread_event import thread_event
from resolvers.user_errors import done_or_refused
from schema.node_ids import node_id, source_id
from schema.payloads import CancelPipelineInput, CancelPipelinePayload, RunPipelineInput, RunPipelinePayload
from schema.pipeline import MOST_RUNS, First, PipelineRun, PipelineRunStep, PipelineStepInput
from schema.scalars import DateTime, Long
from warehouse.engine.address import Server
from warehouse.errors import BadInput, Forbidden, Unavailable
from warehouse.pipeline_runs import StepRun
from warehouse.query.instants import day_of
from warehouse.query.local_time import instant_text

Start = Annotated[RunPipelineInput, strawberry.argument(description="The run to start.")]
Cancellation = Annotated[CancelPipelineInput, strawberry.argument(description="The run to cancel.")]
RunId = Annotated[strawberry.ID, strawberry.argument(description="The run's `id` or `sourceId`.")]

# How often to poll runs of other processes; this process signals its own.
OTHERS_S = 5.0


async def run_pipeline(info: strawberry.Info, input: Start) -> RunPipelinePayload:
    """Start a run of these steps in order; if one fails, the rest are skipped. Only one run at a time: while one is
    active, another is refused with OVERLOADED. For tokens without a row scope.
    """
    context = context_of(info)
    steps = [_step_request(one) for one in input.steps]
    run, errors = await done_or_refused(context, _runner(context).start(steps, context.access.subject))
    return RunPipelinePayload(run=None if run is None else _shown(run), user_errors=errors)


async def cancel_pipeline(info: strawberry.Info, input: Cancellation) -> CancelPipelinePayload:
    """Cancel a run. Work in progress is dropped, finished steps stay. Cancelling a finished run is not an error. For
    tokens without a row scope.
    """
    context = context_of(info)
    run, errors = await done_or_refused(
        context, _runner(context).cancel(source_id("PipelineRun", input.id), context.access.subject)
    )
    return CancelPipelinePayload(run=None if run is None else _shown(run), user_errors=errors)


async def pipeline_runs(info: strawberry.Info, first: First = 10) -> list[PipelineRun]:
    """Pipeline runs, newest first. For tokens without a row scope."""
    context = context_of(info)
    runner = _runner(context)
    if not 1 <= first <= MOST_RUNS:
        raise BadInput(f"`first` is {first}. It may be 1 to {MOST_RUNS}.", "first")
    return [_shown(one) for one in await context.once(lambda: runner.newest(first))]


async def run_of(info: strawberry.Info, run_id: str) -> PipelineRun | None:
    """A run by its id; None if there is none. Each counts as a question."""
    context = context_of(info)
    runner = _runner(context)
    context.admit()
    with suppress(BadInput):
        return _shown(await context.once(lambda: runner.find(run_id)))
    return None


async def pipeline_run(info: strawberry.Info, id: RunId) -> AsyncGenerator[PipelineRun]:
    """A run's state: sent at once and at each change until it ends. After quick successive changes only the newest
    state is sent. For tokens without a row scope.
    """
    context = context_of(info)
    runner, sent, own_id = _runner(context), None, source_id("PipelineRun", id)
    with thread_event(runner.change_signal) as heard:
        while sent is None or sent.is_at_work:
            heard.clear()
            # A heartbeat is not a change.
            found = replace(await context.once(lambda: runner.find(own_id)), updated_at=None)
            if found != sent:
                sent = found
                yield _shown(found)
            if found.is_at_work:
                await _change(heard, context)


async def _change(heard: asyncio.Event, context: Context) -> None:
    """Wait until the run may have changed; another process may be running it, so this also polls."""
    with suppress(TimeoutError):
        async with asyncio.timeout(OTHERS_S if isinstance(context.warehouse.address, Server) else None):
            await heard.wait()


def _runner(context: Context) -> PipelineRunner:
    """The pipeline runner, only for askers who may see all rows, because runs process everybody's."""
    if context.access.scope:
        raise Forbidden("Pipeline runs need access to all rows, and your token has a row scope. Use one without.")
    if context.runner is None:
        raise Unavailable(
            "Only the server runs the pipeline. On the command line use marquee ingest, warehouse and spark."
        )
    return context.runner


def _step_request(one: PipelineStepInput) -> StepRequest:
    return StepRequest(one.step, one.sessions, _day(one.from_), _day(one.to))


def _day(text: str | None) -> date | None:
    return None if text is None else day_of(text)


def _shown(run: table.PipelineRun) -> PipelineRun:
    return PipelineRun(
        id=strawberry.ID(node_id("PipelineRun", run.id)),
        source_id=strawberry.ID(run.id),
        state=run.state,
        by=run.by,
        started_at=_iso(run.started_at) or DateTime(""),
        ended_at=_iso(run.ended_at),
        steps=[_shown_step(one) for one in run.steps],
        log=list(run.log),
        outcome=run.outcome or None,
    )


def _shown_step(one: StepRun) -> PipelineRunStep:
    return PipelineRunStep(
        step=one.step,
        state=one.state,
        progress=one.progress,
        detail=one.detail or None,
        started_at=_iso(one.started_at),
        ended_at=_iso(one.ended_at),
        rows=None if one.rows is None else Long(one.rows),
    )


def _iso(instant: datetime | None) -> DateTime | None:
    if instant is None:
        return None
    return DateTime(instant_text(instant, "milliseconds"))
