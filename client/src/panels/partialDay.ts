/** Whether the newest bucket of a chart is over: one that is not is drawn as "so far", not as a fall. */
import type { Provenance } from '../api/response';

/** Whether the data ends before the range of `path`. */
export function isPartial({ dataThrough, paths }: Provenance, path: string): boolean {
  const end = paths?.[path]?.range?.to;
  return Boolean(dataThrough && end) && Date.parse(dataThrough ?? '') < Date.parse(end ?? '');
}

/** How many buckets of a chart have begun, and whether the last of those is not over yet. */
export interface Begun {
  readonly count: number;
  readonly isLastRunning: boolean;
}

/** Of local days, when the data reaches into `newestDay`. */
export function begunDays(days: readonly string[], newestDay: string | null): Begun {
  if (newestDay === null) return { count: days.length, isLastRunning: false };
  const begun = days.filter((day) => day <= newestDay);
  return { count: begun.length, isLastRunning: begun.at(-1) === newestDay };
}

/** Of buckets that start at these instants; the last one ends with the range. */
export function begunBuckets(starts: readonly string[], { dataThrough, paths }: Provenance, path: string): Begun {
  if (!dataThrough) return { count: starts.length, isLastRunning: false };
  const through = Date.parse(dataThrough);
  const count = starts.filter((start) => Date.parse(start) <= through).length;
  const end = starts[count] ?? paths?.[path]?.range?.to;
  return { count, isLastRunning: count > 0 && end !== undefined && through < Date.parse(end) };
}
