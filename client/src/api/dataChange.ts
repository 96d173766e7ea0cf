/** Which responses a change of the data touches. */
import type { ApiResponse, PathProvenance, Span } from './response';

/** The freshness after a change, and when what was added began; without a span anything may have changed. */
export interface Change {
  readonly dataThrough: string | null;
  readonly changed: Span | null;
}

/** Whether any of the changes may have changed a response. */
export function isTouched({ data, provenance }: ApiResponse<unknown>, changes: readonly Change[]): boolean {
  const { dataThrough, paths = {} } = provenance;
  if (!isNoted(data, Object.keys(paths))) return true;
  return changes.some(
    (change) =>
      // A range such as the last 30 days ends with the data.
      change.dataThrough !== dataThrough || Object.values(paths).some((path) => reaches(path, change.changed)),
  );
}

/** Whether a change of some span reaches the numbers of a path. */
function reaches({ range, comparedWith, unbounded }: PathProvenance, changed: Span | null): boolean {
  if (!changed || !range || unbounded) return true;
  return overlaps(range, changed) || (comparedWith ? overlaps(comparedWith, changed) : false);
}

/** Whether the response tells of each field where its numbers are from. */
function isNoted(data: unknown, paths: readonly string[]): boolean {
  const noted = new Set(paths.map((path) => path.split('.')[0]));
  return Object.keys(data as object).every((field) => noted.has(field));
}

function overlaps(one: Span, other: Span): boolean {
  return Date.parse(one.from) < Date.parse(other.to) && Date.parse(other.from) < Date.parse(one.to);
}
