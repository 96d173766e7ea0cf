/** Where intervals lie on a line with zero in its middle, in percent of its length. */

export interface Interval {
  readonly low: number;
  readonly high: number;
}

interface Place {
  readonly start: number;
  readonly length: number;
}

/** A few people give intervals that would make all others points. */
const WIDEST = 1;
const NARROWEST = 0.01;

/** How far the line reaches to each side, so that all intervals are on it, up to 100 %. */
export function reachOf(intervals: readonly (Interval | null | undefined)[]): number {
  const ends = intervals.flatMap((one) => (one ? [Math.abs(one.low), Math.abs(one.high)] : []));
  return Math.min(WIDEST, Math.max(NARROWEST, ...ends));
}

/** The part of the line that an interval covers; what is beyond its ends is cut off. */
export function placed({ low, high }: Interval, reach: number): Place {
  const [start, end] = [placeOf(low, reach), placeOf(high, reach)];
  return { start, length: end - start };
}

export function placeOf(value: number, reach: number): number {
  return (Math.max(-1, Math.min(1, value / reach)) + 1) * 50;
}
