/** The answer of a question as the chart that suits it, or as the one that was chosen. */
import type { Provenance } from '../api/response';
import { BarList } from '../charts/BarList';
import { ColumnChart } from '../charts/ColumnChart';
import { HeatGrid } from '../charts/HeatGrid';
import { greatestOf } from '../charts/scale';
import { LineKey } from '../charts/Tooltip';
import { TimeChart } from '../charts/TimeChart';
import { format, formatDay, UNKNOWN } from '../format';
import { dayOfBucket } from '../calendar';
import { measureLabel } from '../labels';
import { MEASURES } from '../model';
import { begunBuckets, comparedBuckets } from '../panels/partialDay';
import { PAST, PRESENT, seriesColor } from '../theme/series';
import { t } from '../i18n/i18n';
import { type ChartKind, type ExploreMeasure, type Group, GROUPS, isTimeStep, type Question } from './question';
import { figureOf, type GivenRow, groupedBy, keyOf, nameOf, OTHERS } from './rows';

interface ExploreChartProps {
  readonly question: Question;
  readonly rows: readonly GivenRow[];
  readonly provenance: Provenance;
  /** Hears which bar was pressed. */
  readonly onChoose?: ((dimension: string, value: string) => void) | undefined;
}

export function ExploreChart(props: ExploreChartProps) {
  const { question } = props;
  const measure = question.measures[0] ?? 'views';
  switch (chartFor(question)) {
    case 'line':
      return <Lines {...props} measure={measure} />;
    case 'heat':
      return <Heat {...props} measure={measure} />;
    case 'bars':
      return <Bars {...props} measure={measure} />;
    default:
      return null;
  }
}

/** Time as lines, one dimension as bars, two as a grid; the table is always there. */
export function chartFor({ by, chart }: Question): Exclude<ChartKind, 'auto'> {
  const hasTime = by.some(isTimeStep);
  const suits = hasTime ? 'line' : by.length === 1 ? 'bars' : by.length === 2 ? 'heat' : 'table';
  if (chart === 'auto') return suits;
  const canBe = { line: hasTime, heat: by.length === 2, bars: by.length === 1, table: true };
  return canBe[chart] ? chart : suits;
}

interface DrawnProps extends ExploreChartProps {
  readonly measure: ExploreMeasure;
}

/** All lines of one bucket. */
interface Bucket {
  readonly time: string;
  readonly values: ReadonlyMap<string, GivenRow>;
}

function Lines({ question, rows, provenance, measure }: DrawnProps) {
  const { unit } = MEASURES[measure];
  const step = question.by.find(isTimeStep) ?? 'DAY';
  const group = question.by.find((name) => name !== step);
  const lineOf = (row: GivenRow) => (group ? keyOf(row, group) : measure);
  const all: readonly Bucket[] = [...groupedBy(rows, step)].map(([time, given]) => ({ time, values: new Map(given.map((row) => [lineOf(row), row])) }));
  const begun = begunBuckets(all.map(({ time }) => time), provenance, 'viewing.rows');
  const buckets = all.slice(0, Math.max(begun.count, 1));
  const lines = group ? [...groupedBy(rows, group)].map(([key, [first]]) => ({ key, label: first ? nameOf(first, group) : key })) : [{ key: measure as string, label: measureLabel(measure) }];
  const isCompared = !group && rows.some(({ previous }) => previous);
  const valueOf = (key: string) => (bucket: Bucket) => {
    const row = bucket.values.get(key);
    return row ? figureOf(row, measure) : null;
  };
  const series = lines.map(({ key, label }, index) => ({ label, value: valueOf(key), color: key === OTHERS ? PAST : seriesColor(index) }));
  const compared = comparedBuckets(all.map(({ time }) => time), provenance, 'viewing.rows');
  const previousOf = (bucket: Bucket) => (all.indexOf(bucket) < compared ? (bucket.values.get(measure)?.previous?.[measure] ?? null) : null);
  const before = { label: t('Before'), value: previousOf, color: PAST, isDashed: true };
  const drawn = isCompared ? [...series, before] : series;
  const titleOf = ({ time, values }: Bucket) => {
    const [row] = values.values();
    return row ? nameOf(row, step) : time;
  };
  return (
    <>
      <TimeChart
        rows={buckets}
        label={measureLabel(measure)}
        unit={unit}
        series={drawn}
        isLastPartial={begun.isLastRunning}
        axisLabel={({ time }) => formatDay(dayOfBucket(time), 'axis')}
        tip={(bucket) => ({
          title: titleOf(bucket),
          lines: drawn.map(({ label, value, color, ...rest }) => ({ label, value: format(value(bucket), unit), color, isDashed: 'isDashed' in rest })),
        })}
        height={320}
      />
      <ul aria-hidden className="flex flex-wrap gap-x-5 gap-y-1 text-xs text-muted">
        {drawn.map(({ label, color }) => (
          <li key={label} className="inline-flex items-center gap-2">
            <LineKey color={color} />
            {label}
          </li>
        ))}
      </ul>
    </>
  );
}

function Bars({ question, rows, measure, onChoose }: DrawnProps) {
  const [name] = question.by;
  if (!name) return null;
  const { unit } = MEASURES[measure];
  if (name === 'HOUR_OF_DAY' || name === 'DAY_OF_WEEK') {
    return (
      <ColumnChart
        rows={rows}
        label={measureLabel(measure)}
        unit={unit}
        value={(row) => figureOf(row, measure)}
        color={PRESENT}
        axisLabel={(row) => nameOf(row, name)}
        tip={(row) => ({ title: nameOf(row, name), lines: question.measures.map((one) => ({ label: measureLabel(one), value: format(figureOf(row, one), MEASURES[one].unit) })) })}
        height={280}
      />
    );
  }
  return (
    <BarList
      label={measureLabel(measure)}
      field={measure}
      unit={unit}
      onChoose={onChoose && ((key) => { onChoose(GROUPS[name as Group], key || UNKNOWN); })}
      rows={rows
        .toSorted((one, other) => Number(one.isOthers ?? false) - Number(other.isOthers ?? false) || (figureOf(other, measure) ?? 0) - (figureOf(one, measure) ?? 0))
        .map((row) => ({
          key: keyOf(row, name),
          name: <span className={`truncate ${row.isOthers ? 'text-muted italic' : ''}`}>{nameOf(row, name)}</span>,
          value: figureOf(row, measure),
          isRest: row.isOthers,
          ...(row.change && { change: row.change[measure] ?? null }),
        }))}
    />
  );
}

function Heat({ question, rows, measure }: DrawnProps) {
  const [down, across] = question.by;
  if (!down || !across) return null;
  const { unit } = MEASURES[measure];
  const columns = [...groupedBy(rows, across)].map(([key, [first]]) => ({ key, name: first ? nameOf(first, across) : key }));
  return (
    <HeatGrid
      caption={measureLabel(measure)}
      corner=""
      headings={columns.map(({ name }) => name)}
      greatest={greatestOf(rows, (row) => figureOf(row, measure))}
      showsText={columns.length <= 12}
      rows={[...groupedBy(rows, down)].map(([key, all]) => {
        const byColumn = new Map(all.map((row) => [keyOf(row, across), row]));
        const heading = all[0] ? nameOf(all[0], down) : key;
        return {
          key,
          heading,
          cells: columns.map((column) => {
            const row = byColumn.get(column.key);
            const value = row ? figureOf(row, measure) : null;
            return { key: column.key, value, text: format(value, unit), title: `${heading}, ${column.name}: ${format(value, unit)}` };
          }),
        };
      })}
    />
  );
}
