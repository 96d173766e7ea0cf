/** The rows of a question's answer, each with the key and the name of its groups. */
import { dayOfBucket } from '../calendar';
import { formatDay, formatInstantHour, formatValue } from '../format';
import { t } from '../i18n/i18n';
import { GROUPS, type Group, isTimeStep, type TimeStep } from './question';

export type Figures = Readonly<Record<string, number | null>>;

export type GivenRow = Readonly<Record<string, unknown>> & {
  readonly isOthers?: boolean;
  readonly previous?: Figures | null;
  readonly change?: Figures | null;
};

export interface ExploreAnswer {
  readonly viewing: {
    readonly rows: readonly GivenRow[];
    readonly plan: { readonly source: string; readonly pieces: readonly string[]; readonly rejected: readonly { readonly rollup: string; readonly reason: string }[] };
  };
}

export const OTHERS = '(others)';

/** What tells the row's value of a group apart from all other values. */
export function keyOf(row: GivenRow, name: TimeStep | Group): string {
  if (isTimeStep(name)) return String(row.time);
  if (row.isOthers) return OTHERS;
  if (name === 'MOVIE') return (row.movie as { readonly sourceId: string } | null)?.sourceId ?? '';
  return String((row[GROUPS[name]] as string | number | null) ?? '');
}

export function nameOf(row: GivenRow, name: TimeStep | Group): string {
  if (isTimeStep(name)) return name === 'HOUR' ? formatInstantHour(String(row.time)) : formatDay(dayOfBucket(String(row.time)), name === 'MONTH' ? 'month' : 'short');
  if (row.isOthers && name !== 'HOUR_OF_DAY' && name !== 'DAY_OF_WEEK') return t('Others');
  if (name === 'MOVIE') return (row.movie as { readonly title: string } | null)?.title ?? t('Unknown');
  return formatValue(GROUPS[name], row[GROUPS[name]] as string | number | null);
}

export function figureOf(row: GivenRow, measure: string): number | null {
  return (row[measure] as number | null | undefined) ?? null;
}

/** The rows by the key of one group, in the order in which the keys first come. */
export function groupedBy(rows: readonly GivenRow[], name: TimeStep | Group): ReadonlyMap<string, readonly GivenRow[]> {
  const groups = new Map<string, GivenRow[]>();
  for (const row of rows) {
    const key = keyOf(row, name);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
