/** The forecast of one genre: expected views a day, and the band that holds four days of five. */
import { useState } from 'react';
import { TimeChart } from '../charts/TimeChart';
import { NotComputed } from '../components/NotComputed';
import { type Column, DataTable } from '../components/DataTable';
import { Panel } from '../components/Panel';
import { Select } from '../components/Select';
import { formatDay, formatValue } from '../format';
import type { ForecastQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { PRESENT } from '../theme/series';
import { daysOf, forecastGenres, type ForecastDay } from './forecastRows';
import { tipLines } from './measureColumns';
import type { OperationPanelProps } from './panelProps';

export function ForecastPanel({ result, source, className }: OperationPanelProps<ForecastQuery>) {
  const [chosen, setChosen] = useState<string | null>(null);
  const genres = forecastGenres(result.data?.data.forecast ?? []);
  const genre = chosen !== null && genres.includes(chosen) ? chosen : genres[0];
  const columns: readonly Column<ForecastDay>[] = [
    { field: 'views', label: t('Expected views'), heading: t('Expected'), unit: 'count' },
    { field: 'low', label: t('Low'), unit: 'count' },
    { field: 'high', label: t('High'), unit: 'count' },
  ];
  return (
    <Panel
      testId="panel-forecast"
      title={t('Forecast')}
      note={t('Expected views per day, and the range that four days out of five fall in')}
      className={className}
      result={result}
      source={source}
      select={(data) => daysOf(data.forecast, genre)}
      empty={<NotComputed job="forecast">{t('No forecast has been computed yet.')}</NotComputed>}
      actions={
        genre !== undefined && (
          <Select label={t('Genre of the forecast')} value={genre} onChange={setChosen}>
            {genres.toSorted().map((one) => (
              <option key={one} value={one}>
                {formatValue('genre', one)}
              </option>
            ))}
          </Select>
        )
      }
      table={(days) => (
        <DataTable
          caption={t('Expected views by day')}
          rows={days}
          heading={{ label: t('Day'), key: ({ day }) => day, text: ({ day }) => formatDay(day) }}
          columns={columns}
        />
      )}
    >
      {(days) => (
        <TimeChart
          rows={days}
          label={t('Expected views by day')}
          unit="count"
          series={[{ label: t('Expected views'), value: ({ views }) => views, color: PRESENT }]}
          band={{ low: ({ low }) => low, high: ({ high }) => high }}
          axisLabel={({ day }) => formatDay(day, 'axis')}
          tip={(day) => ({ title: formatDay(day.day), lines: tipLines(day, columns) })}
          height={220}
        />
      )}
    </Panel>
  );
}
