/** Scales of charts: from figures to pixels. */
import { max, min, nice, ticks } from 'd3-array';

const TICKS = 4;

export interface ValueScale {
  readonly ticks: readonly number[];
  /** Pixels from the top of the plot. */
  readonly y: (value: number) => number;
}

/** A scale from zero, with round steps; a rate that stays within a narrow band still starts at zero, so that heights compare. */
export function valueScale(values: readonly (number | null | undefined)[], height: number, isWhole: boolean): ValueScale {
  const known = values.filter((value): value is number => value != null);
  const greatest = Math.max(max(known) ?? 0, 0);
  const [bottom, top] = nice(Math.min(min(known) ?? 0, 0), greatest || 1, TICKS);
  const steps = ticks(bottom, top, TICKS).filter((tick) => !isWhole || Number.isInteger(tick));
  return { ticks: steps, y: (value) => height - ((value - bottom) / (top - bottom)) * height };
}

/** Which of `count` labels to show so that each has `space` pixels. Always includes the first. */
export function shownLabels(count: number, width: number, space: number): ReadonlySet<number> {
  const step = Math.max(1, Math.ceil((count * space) / Math.max(width, 1)));
  return new Set(Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step));
}

/** The share of the greatest, 0 to 1, for the strength of a colour. */
export function strength(value: number | null | undefined, greatest: number): number {
  return value == null || greatest <= 0 ? 0 : value / greatest;
}

export function greatestOf<Row>(rows: readonly Row[], value: (row: Row) => number | null | undefined): number {
  return max(rows, (row) => value(row) ?? 0) ?? 0;
}
