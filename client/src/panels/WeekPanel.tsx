/** When people watch: hours of the local week, the stronger the colour the more. */
import { HeatGrid, type HeatRow } from '../charts/HeatGrid';
import { greatestOf } from '../charts/scale';
import { Panel } from '../components/Panel';
import { format, formatHour, formatWeekday } from '../format';
import type { AudienceQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { nothingInRange, type OperationPanelProps } from './panelProps';

type Hour = AudienceQuery['week']['rows'][number];

interface WeekPanelProps extends OperationPanelProps<Pick<AudienceQuery, 'week'>> {
  readonly timeZone: string;
}

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

export function WeekPanel({ result, source, className, timeZone }: WeekPanelProps) {
  return (
    <Panel
      testId="panel-week"
      title={t('Hours of the week')}
      note={t('Views in {zone} time', { zone: timeZone.replaceAll('_', ' ') })}
      exception={t('not compared')}
      className={className}
      result={result}
      source={source}
      select={({ week }) => week.rows}
      empty={nothingInRange()}
    >
      {(hours) => (
        <HeatGrid
          caption={t('Hours of the week')}
          corner=""
          headings={HOURS.map((hour) => (hour % 3 === 0 ? String(hour) : ''))}
          rows={WEEKDAYS.map((weekday) => rowOf(weekday, hours))}
          greatest={greatestOf(hours, ({ views }) => views)}
          showsText={false}
        />
      )}
    </Panel>
  );
}

function rowOf(weekday: number, hours: readonly Hour[]): HeatRow {
  const byHour = new Map(hours.filter(({ dayOfWeek }) => dayOfWeek === weekday).map(({ hourOfDay, views }) => [hourOfDay, views]));
  return {
    key: String(weekday),
    heading: formatWeekday(weekday),
    cells: HOURS.map((hour) => {
      const views = byHour.get(hour) ?? 0;
      const text = format(views, 'count');
      return { key: String(hour), value: views, text, title: `${formatWeekday(weekday)} ${formatHour(hour)}: ${text}` };
    }),
  };
}
