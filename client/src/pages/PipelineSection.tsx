/** The pipeline: start a run, watch it, and look at earlier ones. For admins without a row scope. */
import { useState } from 'react';
import { CancelPipelineDocument, PipelineRunsDocument, RunPipelineDocument } from '../generated/operations';
import { useMutationOperation } from '../hooks/useMutationOperation';
import { useOperation } from '../hooks/useOperation';
import { usePipelineRun } from '../hooks/usePipelineRun';
import { PipelineFormPanel } from '../panels/PipelineFormPanel';
import { isRunning, latestReport } from '../panels/pipelineRun';
import { PipelineRunPanel } from '../panels/PipelineRunPanel';
import { PipelineRunsPanel } from '../panels/PipelineRunsPanel';

const RUNS = 10;
/** Commands and other servers start runs too, and nothing announces those. */
const REFETCH_MS = 15_000;

export function PipelineSection() {
  const [chosen, setChosen] = useState<string | null>(null);
  const result = useOperation(PipelineRunsDocument, { first: RUNS }, REFETCH_MS);
  const start = useMutationOperation(RunPipelineDocument);
  const cancel = useMutationOperation(CancelPipelineDocument);
  const runs = result.data?.data.pipelineRuns ?? [];
  const started = start.data?.data.runPipeline.run;
  const id = chosen ?? runs[0]?.id ?? null;
  const listed = runs.find((run) => run.id === id) ?? (started?.id === id ? started : null);
  const live = usePipelineRun(listed && isRunning(listed) ? id : null);
  const run = id === null ? null : latestReport(id, [live, listed]);
  const isBusy = start.isPending || runs.some((one) => isRunning(latestReport(one.id, [live, one]) ?? one));

  return (
    <div className="grid items-start gap-4 lg:grid-cols-12">
      <PipelineFormPanel
        className="lg:col-span-4"
        isBusy={isBusy}
        error={start.error}
        onRun={(steps) => {
          start.mutate(
            { steps },
            {
              onSuccess: ({ data }) => {
                setChosen(data.runPipeline.run?.id ?? null);
              },
            },
          );
        }}
      />
      <div className="flex min-w-0 flex-col gap-4 lg:col-span-8">
        {run && (
          <PipelineRunPanel
            run={run}
            isCancelling={cancel.isPending}
            error={cancel.error}
            onCancel={() => {
              cancel.mutate({ id: run.id });
            }}
          />
        )}
        <PipelineRunsPanel result={result} chosen={id} onChoose={setChosen} />
      </div>
    </div>
  );
}
