/** Figures by time bucket as lines, for any result with a list of buckets. */
import { LineKey, type TooltipLine } from '../charts/Tooltip';
import { type Series, TimeChart } from '../charts/TimeChart';
import { type Column, DataTable } from '../components/DataTable';
import { Panel, type PanelProps } from '../components/Panel';
import { format, formatDay, type Unit } from '../format';
import { t } from '../i18n/i18n';
import { dayOfBucket } from '../calendar';
import { nothingInRange } from './panelProps';
import { dayIn } from '../view/calendarRange';
import { useView } from '../view/useView';
import { begunDays } from './partialDay';

export interface PlottedSeries<Row> extends Series<Row> {
  readonly field: keyof Row & string;
  readonly change?: (row: Row) => number | null | undefined;
}

interface LinesPanelProps<TQuery, Row>
  extends Pick<PanelProps<TQuery, unknown>, 'testId' | 'title' | 'note' | 'exception' | 'result' | 'source' | 'className' | 'actions'> {
  readonly rows: (data: TQuery) => readonly Row[];
  /** The bucket's start, local: a date or an instant with its zone's offset. */
  readonly start: (row: Row) => string;
  readonly series: readonly PlottedSeries<Row>[];
  readonly unit: Unit;
  readonly onBrush?: ((from: string, through: string) => void) | undefined;
  readonly height?: number;
}

export function LinesPanel<TQuery, Row extends object>(props: LinesPanelProps<TQuery, Row>) {
  const { rows, start, series, unit, onBrush, height = 200, ...panel } = props;
  const day = (row: Row) => dayOfBucket(start(row));
  const { view } = useView();
  const through = panel.result.data?.provenance.dataThrough;
  const newestDay = through ? dayIn(view.timeZone, through) : null;
  const columns: readonly Column<Row>[] = series.map(({ field, label }) => ({ field, label, unit }));
  return (
    <Panel
      {...panel}
      select={rows}
      empty={nothingInRange()}
      table={(found) => (
        <DataTable caption={panel.title} rows={found} heading={{ label: t('Day'), key: day, text: (row) => formatDay(day(row)) }} columns={columns.filter(({ field }) => found.some((row) => typeof row[field] === 'number'))} />
      )}
    >
      {(found) => {
        const { count, isLastRunning } = begunDays(found.map(day), newestDay);
        const shown = found.slice(0, Math.max(count, 1));
        return (
          <>
            <TimeChart
              rows={shown}
              label={panel.title}
              unit={unit}
              series={series}
              isLastPartial={isLastRunning}
              axisLabel={(row) => formatDay(day(row), 'axis')}
              tip={(row, isLast) => ({
                title: isLast && isLastRunning ? t('{day}, so far', { day: formatDay(day(row)) }) : formatDay(day(row)),
                lines: series.map((one) => lineOf(one, row, unit)),
              })}
              onBrush={onBrush && ((first, end) => { onBrush(day(first), day(end)); })}
              height={height}
            />
            {series.length > 1 && <Legend series={series} />}
          </>
        );
      }}
    </Panel>
  );
}

function lineOf<Row>({ label, value, color, isDashed = false, change }: PlottedSeries<Row>, row: Row, unit: Unit): TooltipLine {
  return { label, value: format(value(row), unit), color, isDashed, change: change?.(row) };
}

function Legend<Row>({ series }: { readonly series: readonly Series<Row>[] }) {
  return (
    <ul aria-hidden className="flex flex-wrap gap-x-5 gap-y-1 text-xs text-muted">
      {series.map(({ label, color, isDashed }) => (
        <li key={label} className="inline-flex items-center gap-2">
          <LineKey color={color} isDashed={isDashed} />
          {label}
        </li>
      ))}
    </ul>
  );
}
