/** The newest day of a chart, which may still be filling up: drawn apart, so that it does not look like a fall. */
import type { Provenance } from '../api/response';

/** Whether data ends before the range of `path` does. */
export function isPartial({ dataThrough, paths }: Provenance, path: string): boolean {
  const end = paths?.[path]?.range?.to;
  return Boolean(dataThrough && end) && Date.parse(dataThrough ?? '') < Date.parse(end ?? '');
}

/** A row with the chosen measure twice: `settled` up to the last whole day, `running` from there on. */
export type SplitRow<Row> = Row & { readonly settled: number | null; readonly running: number | null };

/** The two lines share the last whole day, so that they meet. */
export function splitPartialDay<Row>(rows: readonly Row[], measure: (row: Row) => number, isRunning: boolean): SplitRow<Row>[] {
  const last = rows.length - 1;
  return rows.map((row, index) => ({
    ...row,
    settled: isRunning && index === last ? null : measure(row),
    running: isRunning && index >= last - 1 ? measure(row) : null,
  }));
}
