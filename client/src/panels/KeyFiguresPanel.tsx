/** The key figures of the range, each beside the period before; the pressed one is drawn day by day below. */
import { useState } from 'react';
import { RequestError } from '../api/errors';
import type { Provenance } from '../api/response';
import { readField } from '../api/fieldErrors';
import type { OperationResult } from '../hooks/useOperation';
import { LineKey } from '../charts/Tooltip';
import { TimeChart } from '../charts/TimeChart';
import { DataTable } from '../components/DataTable';
import { Panel } from '../components/Panel';
import { format, formatDay } from '../format';
import type { OverviewQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { measureLabel } from '../labels';
import type { PanelSource } from '../menus/PanelMenu';
import { MEASURES } from '../model';
import { PAST, PRESENT } from '../theme/series';
import { dayOfBucket } from '../calendar';
import { KeyFigureCards, type ChartedMeasure } from './KeyFigureCards';
import { measureColumns } from './measureColumns';
import { nothingInRange } from './panelProps';
import { begunDays, comparedBuckets } from './partialDay';
import { dayIn } from '../view/calendarRange';
import { useView } from '../view/useView';

type Day = OverviewQuery['viewing']['rows'][number];

interface KeyFiguresPanelProps {
  readonly result: OperationResult<OverviewQuery>;
  readonly source: PanelSource;
  /** Takes the first and last day of a range drawn in the chart. */
  readonly onBrush: (from: string, through: string) => void;
}

export function KeyFiguresPanel({ result, source, onBrush }: KeyFiguresPanelProps) {
  const [measure, setMeasure] = useState<ChartedMeasure>('views');
  const figures = readField(() => result.data?.data.dashboard);
  return (
    <Panel
      testId="panel-daily"
      title={t('{measure} by day', { measure: measureLabel(measure) })}
      result={result}
      source={source}
      select={({ dashboard, viewing }) => ({ dashboard, days: viewing.rows })}
      empty={nothingInRange()}
      controls={figures && !(figures instanceof RequestError) && <KeyFigureCards figures={figures} chosen={measure} onChoose={setMeasure} />}
      table={({ days }) => (
        <DataTable
          caption={t('Viewing by day')}
          rows={days}
          heading={{ label: t('Day'), key: dayOf, text: (day) => formatDay(dayOf(day)) }}
          columns={measureColumns('views', 'viewers', 'watchHours', 'completionRate')}
        />
      )}
    >
      {({ days }) => <DayChart days={days} measure={measure} provenance={result.data?.provenance ?? {}} onBrush={onBrush} />}
    </Panel>
  );
}

function dayOf({ day }: Day): string {
  return dayOfBucket(day);
}

interface DayChartProps {
  readonly days: readonly Day[];
  readonly measure: ChartedMeasure;
  readonly provenance: Provenance;
  readonly onBrush: KeyFiguresPanelProps['onBrush'];
}

function DayChart({ days, measure, provenance, onBrush }: DayChartProps) {
  const { dataThrough } = provenance;
  const { unit } = MEASURES[measure];
  const label = measureLabel(measure);
  const { view } = useView();
  const begun = begunDays(days.map(dayOf), dataThrough ? dayIn(view.timeZone, dataThrough) : null);
  const isLastPartial = begun.count === days.length && begun.isLastRunning;
  const isCompared = days.some(({ previous }) => previous !== null);
  const comparedDays = comparedBuckets(days.map(dayOf), provenance, 'viewing.rows');
  const before = (day: Day) => (days.indexOf(day) < comparedDays ? (day.previous?.[measure] ?? null) : null);
  const present = (day: Day) => (days.indexOf(day) < begun.count ? day[measure] : null);
  return (
    <>
      <TimeChart
        rows={days}
        label={t('{measure} by day', { measure: label })}
        unit={unit}
        series={[
          { label, value: present, color: PRESENT },
          ...(isCompared ? [{ label: t('Before'), value: before, color: PAST, isDashed: true }] : []),
        ]}
        isLastPartial={isLastPartial}
        axisLabel={(day) => formatDay(dayOf(day), 'axis')}
        tip={(day, isLast) => ({
          title: isLast && isLastPartial ? t('{day}, so far', { day: formatDay(dayOf(day)) }) : formatDay(dayOf(day)),
          lines: [
            { label, value: format(present(day), unit), color: PRESENT, change: day.change?.[measure] },
            ...(isCompared ? [{ label: t('Before'), value: format(before(day), unit), color: PAST, isDashed: true }] : []),
          ],
        })}
        onBrush={(first, last) => {
          onBrush(dayOf(first), dayOf(last));
        }}
      />
      {isCompared && (
        <ul aria-hidden className="flex flex-wrap gap-x-5 gap-y-1 text-xs text-muted">
          <li className="inline-flex items-center gap-2"><LineKey color={PRESENT} />{t('This range')}</li>
          <li className="inline-flex items-center gap-2"><LineKey color={PAST} isDashed />{t('Compared with')}</li>
          {isLastPartial && <li>{t('The ring is today so far.')}</li>}
        </ul>
      )}
    </>
  );
}
