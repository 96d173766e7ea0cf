/** The progress of a pipeline run, and which of several reports on it is the latest. */
import type { PipelineRunsQuery } from '../generated/operations';

export type PipelineRun = PipelineRunsQuery['pipelineRuns'][number];

export function isRunning({ endedAt }: Pick<PipelineRun, 'endedAt'>): boolean {
  return endedAt === null;
}

/** Progress of the whole run, 0 to 1. Each step counts the same; a finished one counts in full. */
export function progressOf({ steps }: Pick<PipelineRun, 'steps'>): number {
  if (steps.length === 0) return 0;
  const done = steps.reduce((sum, { endedAt, progress }) => sum + (endedAt === null ? progress : 1), 0);
  return done / steps.length;
}

/** The latest report on run `id`: a finished one is final, otherwise the first in the list wins. */
export function latestReport(id: string, reports: readonly (PipelineRun | null | undefined)[]): PipelineRun | null {
  const known = reports.filter((run) => run?.id === id);
  return known.find((run) => run && !isRunning(run)) ?? known[0] ?? null;
}
