/** The newest day of a chart may be incomplete: it is drawn as a dashed line, so that it does not look like a drop. */
import type { Provenance } from '../api/response';

/** Whether the data ends before the range of `path`. */
export function isPartial({ dataThrough, paths }: Provenance, path: string): boolean {
  const end = paths?.[path]?.range?.to;
  return Boolean(dataThrough && end) && Date.parse(dataThrough ?? '') < Date.parse(end ?? '');
}

/** A row with the measure in two series: `complete` up to the last full day, `partial` from there on. */
export type SplitRow<Row> = Row & { readonly complete: number | null; readonly partial: number | null };

/** Both series include the last full day, so that the lines meet. */
export function splitPartialDay<Row>(rows: readonly Row[], measure: (row: Row) => number, lastIsPartial: boolean): SplitRow<Row>[] {
  const last = rows.length - 1;
  return rows.map((row, index) => ({
    ...row,
    complete: lastIsPartial && index === last ? null : measure(row),
    partial: lastIsPartial && index >= last - 1 ? measure(row) : null,
  }));
}
