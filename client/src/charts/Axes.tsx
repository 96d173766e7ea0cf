/** The axes that charts share: values at the left over thin lines, labels below. */
import { formatShort, type Unit } from '../format';
import type { ValueScale } from './scale';

export const MARGIN = { top: 12, bottom: 26 } as const;
const LETTER_PX = 8;

/** The room that the longest value label needs. */
export function gutter({ ticks }: ValueScale, unit: Unit): number {
  return 10 + LETTER_PX * Math.max(...ticks.map((tick) => formatShort(tick, unit).length));
}

interface ValueAxisProps {
  readonly scale: ValueScale;
  readonly unit: Unit;
  readonly left: number;
  readonly width: number;
}

export function ValueAxis({ scale, unit, left, width }: ValueAxisProps) {
  return (
    <g aria-hidden className="text-xs">
      {scale.ticks.map((tick) => (
        <g key={tick} transform={`translate(0 ${scale.y(tick)})`}>
          <line x1={left} x2={width} stroke="var(--line)" strokeWidth={1} shapeRendering="crispEdges" />
          <text x={left - 8} dy="0.32em" textAnchor="end" fill="var(--muted)">
            {formatShort(tick, unit)}
          </text>
        </g>
      ))}
    </g>
  );
}

interface LabelAxisProps {
  readonly labels: readonly { readonly x: number; readonly text: string }[];
  readonly height: number;
}

export function LabelAxis({ labels, height }: LabelAxisProps) {
  return (
    <g aria-hidden className="text-xs" fill="var(--muted)">
      {labels.map(({ x, text }) => (
        <text key={`${x}`} x={x} y={height + 18} textAnchor="middle">
          {text}
        </text>
      ))}
    </g>
  );
}
