/** The list of pipeline runs. Selecting one shows it. */
import { Workflow } from 'lucide-react';
import { Panel } from '../components/Panel';
import { RunBadge } from '../components/StatusBadge';
import { formatInstant } from '../format';
import type { PipelineRunsQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import type { OperationPanelProps } from './panelProps';
import { labelOf } from './pipelineSteps';

interface PipelineRunsPanelProps extends OperationPanelProps<PipelineRunsQuery> {
  /** The selected run. */
  readonly chosen: string | null;
  readonly onChoose: (id: string) => void;
}

export function PipelineRunsPanel({ result, className, chosen, onChoose }: PipelineRunsPanelProps) {
  return (
    <Panel
      testId="panel-pipeline-runs"
      title={t('Runs')}
      className={className}
      result={result}
      select={(data) => data.pipelineRuns}
      EmptyIcon={Workflow}
      empty={t('No runs yet. Choose steps and run them.')}
    >
      {(runs) => (
        <ol className="flex flex-col text-sm">
          {runs.map((run) => (
            <li key={run.id} data-row={run.id} className="flex flex-wrap items-start justify-between gap-x-6 gap-y-1 border-b border-line py-2.5 first:pt-0 last:border-0 last:pb-0">
              <div className="min-w-0 flex-1 basis-72">
                <button
                  type="button"
                  aria-pressed={run.id === chosen}
                  className="min-h-6 rounded text-start font-medium underline-offset-4 hover:underline aria-pressed:text-accent"
                  onClick={() => {
                    onChoose(run.id);
                  }}
                >
                  <time dateTime={run.startedAt}>{formatInstant(run.startedAt, 'UTC')}</time>
                </button>
                <span className="text-muted">
                  {' '}
                  {t('by {by}: {steps}', { by: run.by, steps: run.steps.map(({ step }) => labelOf(step)).join(', ') })}
                </span>
                {run.outcome && <p className="text-xs text-pretty wrap-anywhere text-muted">{run.outcome}</p>}
              </div>
              <RunBadge state={run.state} />
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
