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

const HALF_A_DAY_MS = 12 * 3_600_000;

/** How many buckets have a counterpart in the period that they are compared with, which may be shorter: after those, the
 *  zeros of `previous` are of days that the period does not have. */
export function comparedBuckets(starts: readonly string[], { paths }: Provenance, path: string): number {
  const before = paths?.[path]?.comparedWith;
  const [first, second] = starts.map((start) => Date.parse(start));
  if (!before || first === undefined || second === undefined) return starts.length;
  const lengthMs = Date.parse(before.to) - Date.parse(before.from);
  // A clock change moves a day's start by an hour.
  const slackMs = Math.min((second - first) / 2, HALF_A_DAY_MS);
  return starts.filter((start) => Date.parse(start) - first + slackMs < lengthMs).length;
}

/** Of buckets that start at these instants; the last one ends with the range. */
export function begunBuckets(starts: readonly string[], { dataThrough, paths }: Provenance, path: string): Begun {
  if (!dataThrough) return { count: starts.length, isLastRunning: false };
  const through = Date.parse(dataThrough);
  const count = starts.filter((start) => Date.parse(start) <= through).length;
  const end = starts[count] ?? paths?.[path]?.range?.to;
  return { count, isLastRunning: count > 0 && end !== undefined && through < Date.parse(end) };
}
