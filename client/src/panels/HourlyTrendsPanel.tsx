/** Viewing by hour of the local day. */
import { useState } from 'react';
import { Bar, BarChart, CartesianGrid, Tooltip, XAxis, YAxis } from 'recharts';
import { ChartFrame } from '../components/ChartFrame';
import { ChartTooltip } from '../components/ChartTooltip';
import { DataTable } from '../components/DataTable';
import { Panel } from '../components/Panel';
import { SegmentedControl } from '../components/SegmentedControl';
import { formatHour, formatShort } from '../format';
import type { HourlyTrendsQuery } from '../generated/operations';
import { shortLabel } from '../labels';
import { MEASURES } from '../model';
import { MEASURE_COLORS } from '../theme/series';
import { grid, plotMargin, timeAxis, valueAxis } from './chartAxes';
import { MEASURE_OPTIONS, measureColumns, type SwitchableMeasure } from './measureColumns';
import { NOTHING_IN_RANGE, type OperationPanelProps } from './panelProps';

type Hour = HourlyTrendsQuery['hourlyTrends'][number];

const COLUMNS = measureColumns('views', 'viewers', 'watchHours');

interface HourlyTrendsPanelProps extends OperationPanelProps<HourlyTrendsQuery> {
  /** The zone of the hours. An embed does not know its own: it is in the token. */
  readonly timeZone?: string;
}

export function HourlyTrendsPanel({ result, className, timeZone }: HourlyTrendsPanelProps) {
  const [measure, setMeasure] = useState<SwitchableMeasure>('views');
  return (
    <Panel
      testId="panel-hourly"
      title="By hour"
      note={timeZone && `Hours of the day in ${timeZone.replaceAll('_', ' ')}`}
      className={className}
      result={result}
      select={(data) => data.hourlyTrends}
      empty={NOTHING_IN_RANGE}
      actions={<SegmentedControl label="Measure by hour" options={MEASURE_OPTIONS} value={measure} onChange={setMeasure} />}
      table={(hours) => (
        <DataTable
          caption="Viewing by hour of the day"
          rows={hours}
          heading={{ label: shortLabel('hourOfDay'), key: ({ hour }) => hour, text: ({ hour }) => formatHour(hour) }}
          columns={COLUMNS}
        />
      )}
    >
      {(hours) => <HourlyChart hours={hours} measure={measure} />}
    </Panel>
  );
}

function HourlyChart({ hours, measure }: { readonly hours: readonly Hour[]; readonly measure: SwitchableMeasure }) {
  const { label, unit } = MEASURES[measure];
  const color = MEASURE_COLORS[measure];
  return (
    <ChartFrame>
      <BarChart data={[...hours]} margin={plotMargin} barCategoryGap="18%" title={`${label} by hour of the day`}>
        <CartesianGrid {...grid} />
        <XAxis dataKey="hour" {...timeAxis} tickFormatter={formatHour} />
        <YAxis {...valueAxis} tickFormatter={(value: number) => formatShort(value, unit)} />
        <Tooltip
          cursor={{ fill: 'var(--raised)' }}
          isAnimationActive={false}
          content={({ active, payload }) => (
            <ChartTooltip<Hour> active={active} payload={payload} title={({ hour }) => formatHour(hour)} columns={COLUMNS} />
          )}
        />
        <Bar dataKey={measure} name={label} fill={color} radius={[3, 3, 0, 0]} isAnimationActive={false} />
      </BarChart>
    </ChartFrame>
  );
}
