/** Figures of a few categories in order, as columns: hours of the day, steps of a funnel, groups of users. */
import type { Unit } from '../format';
import { gutter, LabelAxis, MARGIN, ValueAxis } from './Axes';
import { shownLabels, valueScale } from './scale';
import { Tooltip, type TooltipLine } from './Tooltip';
import { usePointing, useWidth } from './usePlot';

interface ColumnChartProps<Row> {
  readonly rows: readonly Row[];
  readonly label: string;
  readonly unit: Unit;
  readonly value: (row: Row) => number | null;
  readonly color: string;
  /** A mark across each column: what was expected, or what was before. */
  readonly mark?: (row: Row) => number | null | undefined;
  readonly axisLabel: (row: Row) => string;
  readonly tip: (row: Row) => { readonly title: string; readonly lines: readonly TooltipLine[] };
  readonly labelSpace?: number;
  readonly height?: number;
}

export function ColumnChart<Row>(props: ColumnChartProps<Row>) {
  const { rows, label, unit, value, color, mark, axisLabel, tip, labelSpace = 48, height = 200 } = props;
  const { width, ref } = useWidth();
  const scale = valueScale(rows.flatMap((row) => [value(row), mark?.(row)]), height, unit === 'count');
  const left = gutter(scale, unit);
  const step = (width - left) / Math.max(rows.length, 1);
  const thickness = Math.min(step * 0.72, 56);
  const x = (index: number) => left + step * (index + 0.5);
  const { at, handlers } = usePointing(rows.length, (pixels) => Math.floor((pixels - left) / step));
  const pointed = at === null ? undefined : rows[at];
  const labels = shownLabels(rows.length, width - left, labelSpace);
  return (
    <div ref={ref} className="relative min-w-0" style={{ height: height + MARGIN.top + MARGIN.bottom }}>
      {width > 0 && (
        <svg role="img" aria-label={label} tabIndex={0} width={width} height={height + MARGIN.top + MARGIN.bottom} className="block select-none" {...handlers}>
          <g transform={`translate(0 ${MARGIN.top})`}>
            <ValueAxis scale={scale} unit={unit} left={left} width={width} />
            <LabelAxis height={height} labels={rows.flatMap((row, index) => (labels.has(index) ? [{ x: x(index), text: axisLabel(row) }] : []))} />
            {rows.map((row, index) => {
              const top = scale.y(value(row) ?? 0);
              const marked = mark?.(row);
              return (
                <g key={axisLabel(row) + String(index)}>
                  <rect
                    x={x(index) - thickness / 2}
                    y={top}
                    width={thickness}
                    height={Math.max(height - top, 0)}
                    rx={Math.min(3, thickness / 4)}
                    fill={color}
                    opacity={at === null || at === index ? 1 : 0.45}
                  />
                  {marked != null && <line x1={x(index) - thickness / 2 - 2} x2={x(index) + thickness / 2 + 2} y1={scale.y(marked)} y2={scale.y(marked)} stroke="var(--ink)" strokeWidth={2} />}
                </g>
              );
            })}
          </g>
        </svg>
      )}
      {at !== null && pointed !== undefined && <Tooltip {...tip(pointed)} x={x(at)} width={width} />}
    </div>
  );
}
