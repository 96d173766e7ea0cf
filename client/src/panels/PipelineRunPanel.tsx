/** One pipeline run: the progress of its steps, its log and its outcome. */
import { CircleStop } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { RequestError } from '../api/errors';
import { Figure } from '../components/Figure';
import { ErrorNotice } from '../components/Notice';
import { PanelFrame } from '../components/Panel';
import { ProgressBar } from '../components/ProgressBar';
import { RunBadge } from '../components/StatusBadge';
import { formatElapsed, formatInstant } from '../format';
import type { RunState } from '../generated/operations';
import { t } from '../i18n/i18n';
import { progressOf, isRunning, type PipelineRun } from './pipelineRun';
import { labelOf } from './pipelineSteps';

interface PipelineRunPanelProps {
  readonly className?: string;
  readonly run: PipelineRun;
  readonly isCancelling: boolean;
  readonly error: RequestError | null;
  readonly onCancel: () => void;
}

export function PipelineRunPanel({ className, run, isCancelling, error, onCancel }: PipelineRunPanelProps) {
  return (
    <PanelFrame
      testId="panel-pipeline-run"
      className={className}
      title={
        <>
          {t('Run of')} <time dateTime={run.startedAt}>{formatInstant(run.startedAt, 'UTC')}</time>
        </>
      }
      note={noteOf(run)}
      actions={
        <div className="flex min-h-8 items-center gap-3 text-sm">
          <RunBadge state={run.state} />
          {isRunning(run) && (
            <button type="button" className="control" disabled={isCancelling} onClick={onCancel}>
              <CircleStop className="size-4 text-bad" aria-hidden />
              {isCancelling ? t('Cancelling') : t('Cancel')}
            </button>
          )}
        </div>
      }
    >
      {isRunning(run) && <ProgressBar label={t('Run: progress')} value={progressOf(run)} />}
      <p role="status" className={run.outcome === null ? 'sr-only' : `rounded-lg p-3 text-sm text-pretty wrap-anywhere ${run.state === 'FAILED' ? 'bg-bad-soft' : 'bg-raised'}`} data-field="outcome">
        {run.outcome ?? t('Running')}
      </p>
      {error && <ErrorNotice error={error} onRetry={onCancel} />}
      <ol aria-label={t('Steps')} className="flex flex-col text-sm">
        {run.steps.map((step) => (
          <Step key={step.step} {...step} />
        ))}
      </ol>
      <Log lines={run.log} />
    </PanelFrame>
  );
}

function noteOf({ by, startedAt, endedAt }: PipelineRun): string {
  if (endedAt === null) return t('Started by {by}', { by });
  return t('Started by {by}, took {time}', { by, time: formatElapsed(startedAt, endedAt) });
}

function Step({ step, state, progress, detail, startedAt, endedAt, rows }: PipelineRun['steps'][number]) {
  return (
    <li data-row={step} className="flex flex-col gap-1.5 border-b border-line py-2.5 last:border-0">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-0.5">
        <h3 className="font-medium">{labelOf(step)}</h3>
        <span className="flex items-center gap-3">
          {rows !== null && (
            <span className="text-xs text-muted">
              <Figure field="rows" value={rows} unit="count" noun="row" />
            </span>
          )}
          {startedAt !== null && endedAt !== null && <span className="text-xs text-muted">{formatElapsed(startedAt, endedAt)}</span>}
          <RunBadge state={state} />
        </span>
      </div>
      <ProgressBar label={t('{step}: progress', { step: labelOf(step) })} value={state === 'RUNNING' && progress === 0 ? null : progress} tone={TONES[state]} />
      {detail && <p className="text-xs text-pretty wrap-anywhere text-muted">{detail}</p>}
    </li>
  );
}

const TONES: Record<RunState, string> = {
  WAITING: 'bg-accent',
  RUNNING: 'bg-accent',
  DONE: 'bg-good',
  FAILED: 'bg-bad',
  CANCELLED: 'bg-line-strong',
  INTERRUPTED: 'bg-gold',
  SKIPPED: 'bg-line-strong',
};

function Log({ lines }: { readonly lines: readonly string[] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Keep the newest line in view.
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  if (lines.length === 0) return null;
  return (
    <div
      ref={box}
      role="log"
      aria-label={t('Log of the run')}
      tabIndex={0}
      className="max-h-56 overflow-auto rounded-lg bg-raised p-3 font-mono text-xs whitespace-pre-wrap wrap-anywhere"
    >
      {lines.map((line, index) => (
        <p key={index}>{line}</p>
      ))}
    </div>
  );
}
