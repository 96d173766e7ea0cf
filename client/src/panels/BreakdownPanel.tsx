/** Viewing by the values of one dimension: a list of bars by the chosen measure, and a table of all measures. */
import { useState } from 'react';
import { BarList } from '../charts/BarList';
import { CountryCode } from '../components/CountryCode';
import { DataTable } from '../components/DataTable';
import { Panel, type PanelProps } from '../components/Panel';
import { MeasureSelect } from '../components/MeasureSelect';
import { formatValue, UNKNOWN } from '../format';
import { t } from '../i18n/i18n';
import { dimensionLabel } from '../labels';
import { type DimensionName, MEASURES, type MeasureName } from '../model';
import { measureColumns } from './measureColumns';
import { type FilterChoice, nothingInRange } from './panelProps';

/** A row with its value under the dimension's name, its measures, and how they changed where the page compares. */
interface Row {
  readonly key: string;
  readonly value: string | null;
  readonly figures: Readonly<Record<string, number | null>>;
  readonly change: Readonly<Record<string, number | null>> | null;
}

/** What operations give: the dimension and the measures as fields. */
type GivenRow<Dimension extends string> = Readonly<Record<Dimension, string | null>> & { readonly change?: object | null };

interface BreakdownPanelProps<TQuery, Dimension extends DimensionName, Measure extends MeasureName>
  extends Pick<PanelProps<TQuery, unknown>, 'testId' | 'title' | 'note' | 'exception' | 'result' | 'source' | 'className'> {
  readonly dimension: Dimension;
  /** The first is shown first. */
  readonly measures: readonly Measure[];
  readonly rows: (data: TQuery) => readonly GivenRow<Dimension>[];
  readonly filter?: FilterChoice | undefined;
}

const MOST_BARS = 10;

export function BreakdownPanel<TQuery, Dimension extends DimensionName, Measure extends MeasureName>(
  props: BreakdownPanelProps<TQuery, Dimension, Measure>,
) {
  const { dimension, measures, rows, filter, ...panel } = props;
  const [measure, setMeasure] = useState<Measure | undefined>(measures[0]);
  const [isWhole, setIsWhole] = useState(false);
  if (measure === undefined) return null;
  return (
    <Panel
      {...panel}
      select={(data) => ordered(rows(data).map((row) => asRow(row, dimension)), dimension, measure)}
      empty={nothingInRange()}
      actions={measures.length > 1 && <MeasureSelect measures={measures} value={measure} onChange={setMeasure} title={panel.title} />}
      table={(found) => (
        <DataTable
          caption={panel.title}
          rows={found.map(asTableRow)}
          heading={{ label: dimensionLabel(dimension), key: ({ key }) => key ?? '', text: ({ value }) => formatValue(dimension, value ?? null) }}
          columns={measureColumns(...measures)}
        />
      )}
    >
      {(found) => (
        <>
          <BarList
            label={panel.title}
            field={measure}
            unit={MEASURES[measure].unit}
            rows={found.slice(0, isWhole ? undefined : MOST_BARS).map(({ key, value, figures, change }) => ({
              key,
              name: <Name dimension={dimension} value={value} />,
              value: figures[measure] ?? null,
              change: change ? (change[measure] ?? null) : undefined,
            }))}
            active={filter?.active ?? []}
            onChoose={filter?.onToggle}
          />
          {found.length > MOST_BARS && (
            <button type="button" className="self-start rounded text-xs text-muted hover:text-ink hover:underline" onClick={() => { setIsWhole(!isWhole); }}>
              {isWhole ? t('Show fewer') : t('Show all {count}', { count: found.length })}
            </button>
          )}
        </>
      )}
    </Panel>
  );
}

function Name({ dimension, value }: { readonly dimension: DimensionName; readonly value: string | null }) {
  return (
    <>
      {dimension === 'country' && value && <CountryCode code={value} />}
      <span className="truncate">{formatValue(dimension, value)}</span>
    </>
  );
}

function asRow<Dimension extends DimensionName>({ change = null, ...row }: GivenRow<Dimension>, dimension: Dimension): Row {
  const fields: Readonly<Record<string, unknown>> = row;
  const value = fields[dimension] as string | null;
  return { key: value ?? UNKNOWN, value, figures: numbersOf(fields), change: change && numbersOf(change) };
}

function numbersOf(fields: object): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(fields).filter((field): field is [string, number] => typeof field[1] === 'number'));
}

function asTableRow({ key, value, figures }: Row): Readonly<Record<string, string | number | null>> {
  return { ...figures, key, value };
}

/** Ages keep their order; everything else has the greatest first. */
function ordered(rows: readonly Row[], dimension: DimensionName, measure: MeasureName): Row[] {
  if (dimension === 'ageBand') return rows.toSorted((one, other) => ageOf(one.value) - ageOf(other.value));
  return rows.toSorted((one, other) => (other.figures[measure] ?? -1) - (one.figures[measure] ?? -1));
}

/** `under 18` first, and the unknown last. */
function ageOf(band: string | null): number {
  if (band === null) return Number.POSITIVE_INFINITY;
  return band.startsWith('under') ? 0 : Number.parseInt(band, 10);
}
