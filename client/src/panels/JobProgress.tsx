/** How far a Spark job is in the present run of the pipeline, for those who may see runs. The page asks anew when it is done. */
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { format } from '../format';
import { PipelineRunsDocument, type RunState } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { mayRunPipeline, useViewer } from '../session/viewer';
import { isRunning } from './pipelineRun';
import { labelOf } from './pipelineSteps';

interface JobProgressProps {
  readonly job: string;
  /** What is shown while the job does not run. */
  readonly children: ReactNode;
}

const RUNNING_MS = 2_000;
const IDLE_MS = 15_000;

export function JobProgress({ job, children }: JobProgressProps) {
  return mayRunPipeline(useViewer()) ? <Progress job={job}>{children}</Progress> : children;
}

function Progress({ job, children }: JobProgressProps) {
  const result = useOperation(PipelineRunsDocument, { first: 1 }, (data) => (data?.pipelineRuns.some(isRunning) ? RUNNING_MS : IDLE_MS));
  const run = result.data?.data.pipelineRuns[0];
  const step = run?.steps.find((one) => one.step === job.toUpperCase());
  useRefetchWhenDone(step?.state);
  if (!run || !step || !isRunning(run)) return children;
  switch (step.state) {
    case 'RUNNING':
      return t('It is being computed now, {share} is done.', { share: format(step.progress, 'fraction') });
    case 'WAITING':
      return t('It is computed after {step}, which is at work.', { step: labelOf(run.steps.find(({ state }) => state === 'RUNNING')?.step ?? step.step) });
    default:
      return children;
  }
}

/** Asks for what the page shows once more when a step that was seen before is done. */
function useRefetchWhenDone(state: RunState | undefined): void {
  const queries = useQueryClient();
  const before = useRef(state);
  useEffect(() => {
    if (state === 'DONE' && before.current !== undefined && before.current !== 'DONE') void queries.invalidateQueries();
    before.current = state;
  }, [state, queries]);
}
