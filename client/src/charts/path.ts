/** Paths of straight lines through points. Where a value is missing there is a gap: nothing is drawn that nobody measured. */

export interface Point {
  readonly x: number;
  /** Null where nothing is known. */
  readonly y: number | null;
}

/** A line through the points. */
export function linePath(points: readonly Point[]): string {
  return pieces(points).map((piece) => `${through(piece, 'M')}${piece.length === 1 ? 'Z' : ''}`).join('');
}

/** The area between two lines whose points are above each other; `low` may be one height. */
export function areaPath(points: readonly Point[], low: number | ((index: number) => number)): string {
  const lowAt = typeof low === 'number' ? () => low : low;
  const known = points.map((point, index) => ({ ...point, low: lowAt(index) }));
  return pieces(known).map((piece) => `${through(piece, 'M')}${through(piece.map((one) => ({ x: one.x, y: one.low })).reverse(), 'L')}Z`).join('');
}

type Known<P> = P & { readonly y: number };

/** The runs of points without a gap. */
function pieces<P extends Point>(points: readonly P[]): readonly (readonly Known<P>[])[] {
  const found: Known<P>[][] = [];
  let isOpen = false;
  for (const point of points) {
    if (point.y === null) {
      isOpen = false;
      continue;
    }
    if (!isOpen) found.push([]);
    isOpen = true;
    found.at(-1)?.push(point as Known<P>);
  }
  return found;
}

function through(points: readonly { readonly x: number; readonly y: number }[], begin: 'M' | 'L'): string {
  return points.map(({ x, y }, index) => `${index === 0 ? begin : 'L'}${round(x)},${round(y)}`).join('');
}

/** A thousandth of a pixel. */
function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
