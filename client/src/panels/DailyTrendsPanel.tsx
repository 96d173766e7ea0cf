/** Viewing by day: an area chart of one measure at a time, empty days included. */
import { useState } from 'react';
import { Area, AreaChart, CartesianGrid, Tooltip, XAxis, YAxis } from 'recharts';
import { ChartFrame } from '../components/ChartFrame';
import { ChartTooltip } from '../components/ChartTooltip';
import { DataTable } from '../components/DataTable';
import { Panel } from '../components/Panel';
import { SegmentedControl } from '../components/SegmentedControl';
import { formatDay, formatShort } from '../format';
import type { DailyTrendsQuery } from '../generated/operations';
import { MEASURES } from '../model';
import { MEASURE_COLORS } from '../theme/series';
import { grid, plotMargin, timeAxis, valueAxis } from './chartAxes';
import { MEASURE_OPTIONS, measureColumns, type SwitchableMeasure } from './measureColumns';
import { NOTHING_IN_RANGE, type OperationPanelProps } from './panelProps';
import { isPartial, splitPartialDay } from './partialDay';

type Day = DailyTrendsQuery['dailyTrends'][number];

const area = {
  type: 'monotone',
  strokeWidth: 2,
  fill: 'url(#daily-fill)',
  activeDot: { r: 4, stroke: 'var(--surface)', strokeWidth: 2 },
  isAnimationActive: false,
} as const;

const COLUMNS = measureColumns('views', 'viewers', 'watchHours', 'completionRate');

export function DailyTrendsPanel({ result, className }: OperationPanelProps<DailyTrendsQuery>) {
  const [measure, setMeasure] = useState<SwitchableMeasure>('views');
  return (
    <Panel
      testId="panel-daily"
      title="Day by day"
      className={className}
      result={result}
      select={(data) => data.dailyTrends}
      empty={NOTHING_IN_RANGE}
      actions={<SegmentedControl label="Measure by day" options={MEASURE_OPTIONS} value={measure} onChange={setMeasure} />}
      table={(days) => (
        <DataTable
          caption="Viewing by day"
          rows={days}
          heading={{ label: 'Day', key: ({ day }) => day, text: ({ day }) => formatDay(day) }}
          columns={COLUMNS}
        />
      )}
    >
      {(days) => (
        <DailyChart
          days={days}
          measure={measure}
          lastIsPartial={result.data !== undefined && isPartial(result.data.provenance, 'dailyTrends')}
        />
      )}
    </Panel>
  );
}

interface DailyChartProps {
  readonly days: readonly Day[];
  readonly measure: SwitchableMeasure;
  /** Whether the last day is incomplete. */
  readonly lastIsPartial: boolean;
}

function DailyChart({ days, measure, lastIsPartial }: DailyChartProps) {
  const { label, unit } = MEASURES[measure];
  const color = MEASURE_COLORS[measure];
  return (
    <ChartFrame>
      <AreaChart data={splitPartialDay(days, (day) => day[measure], lastIsPartial)} margin={plotMargin} title={`${label} by day`}>
        <defs>
          <linearGradient id="daily-fill" x1="0" x2="0" y1="0" y2="1">
            <stop offset="0%" stopColor={color} stopOpacity={0.32} />
            <stop offset="100%" stopColor={color} stopOpacity={0.02} />
          </linearGradient>
        </defs>
        <CartesianGrid {...grid} />
        <XAxis dataKey="day" {...timeAxis} tickFormatter={(day: string) => formatDay(day, 'axis')} />
        <YAxis {...valueAxis} tickFormatter={(value: number) => formatShort(value, unit)} />
        <Tooltip
          cursor={{ stroke: 'var(--line-strong)' }}
          isAnimationActive={false}
          content={({ active, payload }) => (
            <ChartTooltip<Day>
              active={active}
              payload={payload}
              title={({ day }) => (lastIsPartial && day === days.at(-1)?.day ? `${formatDay(day)}, so far` : formatDay(day))}
              columns={COLUMNS}
            />
          )}
        />
        <Area {...area} dataKey="complete" name={label} stroke={color} dot={days.length <= 2} />
        {lastIsPartial && (
          <Area {...area} dataKey="partial" name={`${label} so far`} stroke={color} strokeDasharray="4 4" dot={days.length === 1} />
        )}
      </AreaChart>
    </ChartFrame>
  );
}
