/** How far a run of the pipeline has come, and which of several words on it is the newest. */
import type { PipelineRunsQuery } from '../generated/operations';

export type PipelineRun = PipelineRunsQuery['pipelineRuns'][number];

export function isAtWork({ endedAt }: Pick<PipelineRun, 'endedAt'>): boolean {
  return endedAt === null;
}

/** How much of the whole run is done, 0 to 1; each step counts the same, and one that has ended counts in full. */
export function doneOf({ steps }: Pick<PipelineRun, 'steps'>): number {
  if (steps.length === 0) return 0;
  const done = steps.reduce((sum, { endedAt, progress }) => sum + (endedAt === null ? progress : 1), 0);
  return done / steps.length;
}

/** What is known of the run `id`: words on a run that has ended are final, and of others the first given counts. */
export function newestOf(id: string, words: readonly (PipelineRun | null | undefined)[]): PipelineRun | null {
  const known = words.filter((run) => run?.id === id);
  return known.find((run) => run && !isAtWork(run)) ?? known[0] ?? null;
}
