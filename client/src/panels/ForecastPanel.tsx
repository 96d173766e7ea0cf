/** The forecast of one genre: expected views a day, and the band that holds four days of five. */
import { useState } from 'react';
import { Area, CartesianGrid, ComposedChart, Line, Tooltip, XAxis, YAxis } from 'recharts';
import { ChartFrame } from '../components/ChartFrame';
import { ChartTooltip } from '../components/ChartTooltip';
import { NotComputed } from '../components/Command';
import { type Column, DataTable } from '../components/DataTable';
import { Panel } from '../components/Panel';
import { Select } from '../components/Select';
import { formatDay, formatShort } from '../format';
import type { ForecastQuery } from '../generated/operations';
import { MEASURES } from '../model';
import { MEASURE_COLORS } from '../theme/series';
import { grid, plotMargin, timeAxis, valueAxis } from './chartAxes';
import { type BandDay, daysOf, forecastGenres } from './forecastRows';
import type { OperationPanelProps } from './panelProps';

const COLOR = MEASURE_COLORS.views;
const COLUMNS: readonly Column<BandDay>[] = [
  { field: 'views', label: 'Expected views', heading: 'Expected', unit: MEASURES.views.unit },
  { field: 'low', label: 'Low', unit: MEASURES.views.unit },
  { field: 'high', label: 'High', unit: MEASURES.views.unit },
];

export function ForecastPanel({ result, className }: OperationPanelProps<ForecastQuery>) {
  const [chosen, setChosen] = useState<string | null>(null);
  const genres = forecastGenres(result.data?.data.forecast ?? []);
  const genre = chosen !== null && genres.includes(chosen) ? chosen : genres[0];
  return (
    <Panel
      testId="panel-forecast"
      title="Forecast"
      note="Expected views per day, and the range that four days out of five fall in"
      className={className}
      result={result}
      select={(data) => daysOf(data.forecast, genre)}
      empty={<NotComputed job="forecast">No forecast has been computed yet.</NotComputed>}
      actions={
        genre !== undefined && (
          <Select label="Genre of the forecast" value={genre} onChange={setChosen}>
            {genres.toSorted().map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </Select>
        )
      }
      table={(days) => (
        <DataTable
          caption={`Expected views of ${genre ?? ''} by day`}
          rows={days}
          heading={{ label: 'Day', key: ({ day }) => day, text: ({ day }) => formatDay(day) }}
          columns={COLUMNS}
        />
      )}
    >
      {(days) => <BandChart days={days} />}
    </Panel>
  );
}

function BandChart({ days }: { readonly days: readonly BandDay[] }) {
  return (
    <ChartFrame>
      <ComposedChart data={[...days]} margin={plotMargin} title="Expected views by day">
        <CartesianGrid {...grid} />
        <XAxis dataKey="day" {...timeAxis} tickFormatter={(day: string) => formatDay(day, 'axis')} />
        <YAxis {...valueAxis} tickFormatter={(value: number) => formatShort(value, MEASURES.views.unit)} />
        <Tooltip
          cursor={{ stroke: 'var(--line-strong)' }}
          isAnimationActive={false}
          content={({ active, payload }) => (
            <ChartTooltip<BandDay> active={active} payload={payload} title={({ day }) => formatDay(day)} columns={COLUMNS} />
          )}
        />
        <Area
          type="monotone"
          dataKey="band"
          name="Low to high"
          stroke="none"
          fill={COLOR}
          fillOpacity={0.18}
          activeDot={false}
          isAnimationActive={false}
        />
        <Line
          type="monotone"
          dataKey="views"
          name="Expected views"
          stroke={COLOR}
          strokeWidth={2}
          dot={days.length <= 2}
          activeDot={{ r: 4, stroke: 'var(--surface)', strokeWidth: 2 }}
          isAnimationActive={false}
        />
      </ComposedChart>
    </ChartFrame>
  );
}
