/** Viewing by hour of the local day. */
import { useState } from 'react';
import { ColumnChart } from '../charts/ColumnChart';
import { DataTable } from '../components/DataTable';
import { MeasureSelect } from '../components/MeasureSelect';
import { Panel } from '../components/Panel';
import { formatHour } from '../format';
import type { HourlyTrendsQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { measureLabel, shortLabel } from '../labels';
import { MEASURES } from '../model';
import { PRESENT } from '../theme/series';
import { measureColumns, tipLines } from './measureColumns';
import { nothingInRange, type OperationPanelProps } from './panelProps';

const SHOWN = ['views', 'viewers', 'watchHours'] as const;

interface HourlyTrendsPanelProps extends OperationPanelProps<HourlyTrendsQuery> {
  /** The zone of the hours. An embed does not know its own: it is in the token. */
  readonly timeZone?: string;
}

export function HourlyTrendsPanel({ result, source, className, timeZone }: HourlyTrendsPanelProps) {
  const [measure, setMeasure] = useState<(typeof SHOWN)[number]>('views');
  const title = t('Hours of the day');
  const columns = measureColumns(...SHOWN);
  return (
    <Panel
      testId="panel-hourly"
      title={title}
      note={timeZone && t('In {zone} time, over all days', { zone: timeZone.replaceAll('_', ' ') })}
      className={className}
      result={result}
      source={source}
      select={(data) => data.hourlyTrends}
      empty={nothingInRange()}
      actions={<MeasureSelect measures={SHOWN} value={measure} onChange={setMeasure} title={title} />}
      table={(hours) => (
        <DataTable
          caption={title}
          rows={hours}
          heading={{ label: shortLabel('hourOfDay'), key: ({ hour }) => hour, text: ({ hour }) => formatHour(hour) }}
          columns={columns}
        />
      )}
    >
      {(hours) => (
        <ColumnChart
          rows={hours}
          label={`${title}: ${measureLabel(measure)}`}
          unit={MEASURES[measure].unit}
          value={(hour) => hour[measure]}
          color={PRESENT}
          axisLabel={({ hour }) => formatHour(hour)}
          tip={(hour) => ({ title: formatHour(hour.hour), lines: tipLines(hour, columns) })}
        />
      )}
    </Panel>
  );
}
