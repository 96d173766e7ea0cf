/** Figures over time as lines between points that were measured: no smoothing, and a last bucket that still grows is dashed. */
import { type ReactNode, useId } from 'react';
import type { Unit } from '../format';
import { gutter, LabelAxis, MARGIN, ValueAxis } from './Axes';
import { areaPath, linePath, type Point } from './path';
import { shownLabels, valueScale, type ValueScale } from './scale';
import { Tooltip, type TooltipLine } from './Tooltip';
import { usePointing, useWidth } from './usePlot';

export interface Series<Row> {
  readonly label: string;
  readonly value: (row: Row) => number | null;
  readonly color: string;
  /** What it is compared with is dashed. */
  readonly isDashed?: boolean;
}

interface TimeChartProps<Row> {
  readonly rows: readonly Row[];
  readonly label: string;
  readonly unit: Unit;
  /** The first is the main one, and is drawn last and filled. */
  readonly series: readonly Series<Row>[];
  readonly band?: { readonly low: (row: Row) => number; readonly high: (row: Row) => number };
  /** Whether the last bucket is not over yet; what is dashed is of the past, and over. */
  readonly isLastPartial?: boolean;
  readonly axisLabel: (row: Row) => string;
  readonly tip: (row: Row, isLast: boolean) => { readonly title: string; readonly lines: readonly TooltipLine[] };
  readonly onBrush?: ((first: Row, last: Row) => void) | undefined;
  readonly height?: number;
}

export function TimeChart<Row>(props: TimeChartProps<Row>) {
  const { rows, label, unit, series, band, axisLabel, tip, onBrush, height = 240 } = props;
  const { width, ref } = useWidth();
  const values = [...rows.flatMap((row) => series.map(({ value }) => value(row))), ...(band ? rows.map(band.high) : [])];
  const scale = valueScale(values, height, unit === 'count');
  const left = gutter(scale, unit);
  const x = (index: number) => (rows.length > 1 ? left + 6 + (index / (rows.length - 1)) * (width - left - 12) : (left + width) / 2);
  const indexAt = (pixels: number) => Math.round(((pixels - left - 6) / (width - left - 12)) * (rows.length - 1));
  const brush =
    onBrush &&
    ((first: number, last: number) => {
      const [from, through] = [rows[first], rows[last]];
      if (from !== undefined && through !== undefined) onBrush(from, through);
    });
  const { at, brushed, handlers } = usePointing(rows.length, indexAt, brush);
  const pointed = at === null ? undefined : rows[at];
  const labels = shownLabels(rows.length, width - left, 76);
  return (
    <div ref={ref} className="relative min-w-0" style={{ height: height + MARGIN.top + MARGIN.bottom }}>
      {width > 0 && (
        <svg
          role="img"
          aria-label={label}
          tabIndex={0}
          width={width}
          height={height + MARGIN.top + MARGIN.bottom}
          className={`block overflow-visible select-none ${onBrush ? 'cursor-crosshair' : ''}`}
          {...handlers}
        >
          <g transform={`translate(0 ${MARGIN.top})`}>
            <ValueAxis scale={scale} unit={unit} left={left} width={width} />
            <LabelAxis
              height={height}
              labels={rows.flatMap((row, index) => (labels.has(index) && x(index) < width - 16 ? [{ x: x(index), text: axisLabel(row) }] : []))}
            />
            {brushed && <rect x={x(brushed[0])} width={x(brushed[1]) - x(brushed[0])} height={height} fill="var(--accent)" opacity={0.14} />}
            {band && <Band rows={rows} x={x} scale={scale} band={band} color={series[0]?.color ?? ''} />}
            {at !== null && <line x1={x(at)} x2={x(at)} y2={height} stroke="var(--line-strong)" strokeDasharray="2 3" />}
            <Lines {...props} x={x} scale={scale} height={height} />
            {at !== null && pointed !== undefined && <Dots series={series} row={pointed} x={x(at)} scale={scale} />}
          </g>
        </svg>
      )}
      {at !== null && pointed !== undefined && <Tooltip {...tip(pointed, at === rows.length - 1)} x={x(at)} width={width} />}
    </div>
  );
}

interface DrawnProps<Row> {
  readonly rows: readonly Row[];
  readonly x: (index: number) => number;
  readonly scale: ValueScale;
}

function Lines<Row>({ rows, series, isLastPartial = false, x, scale, height }: DrawnProps<Row> & TimeChartProps<Row> & { readonly height: number }) {
  const fill = useId();
  const drawn: ReactNode[] = series.map(({ label, value, color, isDashed = false }, order) => {
    const isMain = order === 0;
    const isRunning = isLastPartial && !isDashed;
    const whole = isRunning ? rows.slice(0, -1) : rows;
    return (
      <g key={label}>
        {isMain && series.length <= 2 && <Fill id={fill} rows={whole} value={value} x={x} scale={scale} height={height} color={color} />}
        <path d={linePath(pointsOf(whole, value, x, scale))} fill="none" stroke={color} strokeWidth={isMain ? 2.25 : 1.75} strokeLinejoin="round" strokeDasharray={isDashed ? '4 4' : undefined} />
        {isRunning && <SoFar rows={rows} value={value} x={x} scale={scale} color={color} />}
        {rows.length === 1 && rows[0] !== undefined && <circle cx={x(0)} cy={scale.y(value(rows[0]) ?? 0)} r={4} fill={color} />}
      </g>
    );
  });
  return <>{drawn.reverse()}</>;
}

/** The step to the bucket that is not over, dashed and ending in a ring, so that it does not look like a fall. */
function SoFar<Row>({ rows, value, x, scale, color }: DrawnProps<Row> & { readonly value: (row: Row) => number | null; readonly color: string }) {
  const last = rows.length - 1;
  const [before, running] = [rows[last - 1], rows[last]];
  const end = running === undefined ? null : value(running);
  if (end === null) return null;
  const start = before === undefined ? null : value(before);
  return (
    <g stroke={color} data-testid="so-far">
      {start !== null && <line x1={x(last - 1)} y1={scale.y(start)} x2={x(last)} y2={scale.y(end)} strokeWidth={2} strokeDasharray="2 4" strokeLinecap="round" opacity={0.75} />}
      <circle cx={x(last)} cy={scale.y(end)} r={4} fill="var(--surface)" strokeWidth={2} />
    </g>
  );
}

interface FillProps<Row> extends DrawnProps<Row> {
  readonly id: string;
  readonly value: (row: Row) => number | null;
  readonly height: number;
  readonly color: string;
}

function Fill<Row>({ id, rows, value, x, scale, height, color }: FillProps<Row>) {
  return (
    <>
      <linearGradient id={id} x1="0" x2="0" y1="0" y2="1">
        <stop offset="0%" stopColor={color} stopOpacity={0.18} />
        <stop offset="100%" stopColor={color} stopOpacity={0} />
      </linearGradient>
      <path d={areaPath(pointsOf(rows, value, x, scale), height)} fill={`url(#${id})`} />
    </>
  );
}

function Band<Row>({ rows, x, scale, band, color }: DrawnProps<Row> & { readonly band: NonNullable<TimeChartProps<Row>['band']>; readonly color: string }) {
  const high = rows.map((row, index) => ({ x: x(index), y: scale.y(band.high(row)) }));
  const low = rows.map((row) => scale.y(band.low(row)));
  return <path d={areaPath(high, (index) => low[index] ?? 0)} fill={color} opacity={0.16} />;
}

function pointsOf<Row>(rows: readonly Row[], value: (row: Row) => number | null, x: (index: number) => number, scale: ValueScale): readonly Point[] {
  return rows.map((row, index) => {
    const found = value(row);
    return { x: x(index), y: found === null ? null : scale.y(found) };
  });
}

function Dots<Row>({ series, row, x, scale }: { readonly series: readonly Series<Row>[]; readonly row: Row; readonly x: number; readonly scale: ValueScale }) {
  return series.map(({ label, value, color }) => {
    const found = value(row);
    return found !== null && <circle key={label} cx={x} cy={scale.y(found)} r={4} fill={color} stroke="var(--surface)" strokeWidth={2} />;
  });
}
