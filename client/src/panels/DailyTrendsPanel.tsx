/** Viewing by day, for embeds: one measure at a time, empty days included. */
import { useState } from 'react';
import { TimeChart } from '../charts/TimeChart';
import { DataTable } from '../components/DataTable';
import { MeasureSelect } from '../components/MeasureSelect';
import { Panel } from '../components/Panel';
import { formatDay } from '../format';
import type { DailyTrendsQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { measureLabel } from '../labels';
import { MEASURES } from '../model';
import { PRESENT } from '../theme/series';
import { measureColumns, tipLines } from './measureColumns';
import { nothingInRange, type OperationPanelProps } from './panelProps';
import { isPartial } from './partialDay';

const SHOWN = ['views', 'viewers', 'watchHours', 'completionRate'] as const;

export function DailyTrendsPanel({ result, source, className }: OperationPanelProps<DailyTrendsQuery>) {
  const [measure, setMeasure] = useState<(typeof SHOWN)[number]>('views');
  const title = t('Day by day');
  const columns = measureColumns(...SHOWN);
  const isLastPartial = result.data !== undefined && isPartial(result.data.provenance, 'dailyTrends');
  return (
    <Panel
      testId="panel-daily"
      title={title}
      className={className}
      result={result}
      source={source}
      select={(data) => data.dailyTrends}
      empty={nothingInRange()}
      actions={<MeasureSelect measures={SHOWN} value={measure} onChange={setMeasure} title={title} />}
      table={(days) => (
        <DataTable
          caption={title}
          rows={days}
          heading={{ label: t('Day'), key: ({ day }) => day, text: ({ day }) => formatDay(day) }}
          columns={columns}
        />
      )}
    >
      {(days) => (
        <TimeChart
          rows={days}
          label={t('{measure} by day', { measure: measureLabel(measure) })}
          unit={MEASURES[measure].unit}
          series={[{ label: measureLabel(measure), value: (day) => day[measure], color: PRESENT }]}
          isLastPartial={isLastPartial}
          axisLabel={({ day }) => formatDay(day, 'axis')}
          tip={(day, isLast) => ({ title: isLast && isLastPartial ? t('{day}, so far', { day: formatDay(day.day) }) : formatDay(day.day), lines: tipLines(day, columns) })}
        />
      )}
    </Panel>
  );
}
