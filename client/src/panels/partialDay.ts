/** Whether the newest bucket of a chart is over: one that is not is drawn as "so far", not as a fall. */
import type { Provenance } from '../api/response';

/** Whether the data ends before the range of `path`. */
export function isPartial({ dataThrough, paths }: Provenance, path: string): boolean {
  const end = paths?.[path]?.range?.to;
  return Boolean(dataThrough && end) && Date.parse(dataThrough ?? '') < Date.parse(end ?? '');
}

/** How many of the buckets, which start at these instants, have begun by the end of the data. */
export function begunBuckets(starts: readonly string[], dataThrough: string | null | undefined): number {
  if (!dataThrough) return starts.length;
  const end = Date.parse(dataThrough);
  return starts.filter((start) => Date.parse(start) <= end).length;
}
