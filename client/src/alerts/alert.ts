/** What an alert watches, in words; and its form as the API takes it. */
import { format, formatValue } from '../format';
import type { AlertCondition, AlertsQuery, AlertTargetKind, SaveAlertInput, ViewingFilter } from '../generated/operations';
import { apiMeasure, EXPLORE_MEASURES, type ExploreMeasure } from '../explore/question';
import { t } from '../i18n/i18n';
import { dimensionLabel, measureLabel } from '../labels';
import { MEASURES } from '../model';
import { type Filters, FILTERS, toViewingFilter } from '../view/view';

export type Alert = Omit<AlertsQuery['alerts'][number], 'where'> & { readonly where?: unknown };

export const CONDITIONS = ['ABOVE', 'BELOW', 'RISES_BY', 'FALLS_BY', 'OUTSIDE_FORECAST'] as const satisfies readonly AlertCondition[];
export const PERIODS = ['P1D', 'P7D', 'P28D'] as const;
export const TARGET_KINDS = ['WEBHOOK', 'SLACK', 'EMAIL'] as const satisfies readonly AlertTargetKind[];

export interface TargetForm {
  readonly kind: AlertTargetKind;
  readonly address: string;
}

/** What the form holds: the bound as it is typed, in percent where it is a fraction. */
export interface AlertForm {
  readonly title: string;
  readonly measure: ExploreMeasure;
  readonly condition: AlertCondition;
  readonly bound: string;
  readonly over: string;
  readonly timeZone: string;
  readonly filters: Filters;
  /** A filter that the form can't show; it is kept as it is. */
  readonly other: ViewingFilter | null;
  readonly targets: readonly TargetForm[];
}

/** `WATCH_HOURS` as a field: `watchHours`; views for a measure that the dashboard does not know. */
export function measureOf(name: string): ExploreMeasure {
  return EXPLORE_MEASURES.find((one) => apiMeasure(one) === name) ?? 'views';
}

/** Whether the bound is typed and shown in percent. */
export function isPercent(condition: AlertCondition, measure: ExploreMeasure): boolean {
  return condition === 'RISES_BY' || condition === 'FALLS_BY' || MEASURES[measure].unit === 'fraction';
}

export function formOf(alert: Alert): AlertForm {
  const measure = measureOf(alert.measure);
  const filters = filtersOf(alert.where);
  const scale = isPercent(alert.condition, measure) ? 100 : 1;
  return {
    title: alert.title,
    measure,
    condition: alert.condition,
    // Without the noise of binary fractions: 0.07 * 100.
    bound: alert.bound == null ? '' : String(Number((alert.bound * scale).toPrecision(12))),
    over: alert.over,
    timeZone: alert.timeZone,
    filters: filters ?? {},
    other: filters ? null : (alert.where as ViewingFilter),
    targets: alert.targets.map(({ kind, address }) => ({ kind, address })),
  };
}

export function inputOf(form: AlertForm, changed?: { readonly id: string; readonly version: number }): SaveAlertInput {
  const { title, measure, condition, bound, over, timeZone, filters, other, targets } = form;
  const scale = isPercent(condition, measure) ? 100 : 1;
  const typed = Number(bound);
  return {
    title: title.trim(),
    measure: apiMeasure(measure) as SaveAlertInput['measure'],
    condition,
    bound: condition === 'OUTSIDE_FORECAST' || bound.trim() === '' || Number.isNaN(typed) ? null : typed / scale,
    over,
    timeZone,
    where: other ?? toViewingFilter(filters) ?? null,
    targets: targets.filter(({ address }) => address.trim()).map(({ kind, address }) => ({ kind, address: address.trim() })),
    ...changed,
  };
}

/** A saved filter as the page's filters; null for one that says more than values of dimensions. */
export function filtersOf(where: unknown): Filters | null {
  if (where == null) return {};
  const found: [string, readonly string[]][] = [];
  for (const [name, test] of Object.entries(where)) {
    const values = valuesOf(test);
    if (!(FILTERS as readonly string[]).includes(name) || !values) return null;
    found.push([name, values]);
  }
  return Object.fromEntries(found);
}

function valuesOf(test: unknown): readonly string[] | null {
  if (typeof test !== 'object' || test === null) return null;
  const [[name, given] = ['', null], ...more] = Object.entries(test);
  const values: unknown = name === 'eq' ? [given] : name === 'in' ? given : null;
  return more.length === 0 && Array.isArray(values) && values.every((value) => typeof value === 'string') ? values : null;
}

/** `Views over 7 days, below 15,000`. */
export function ruleText(alert: Alert): string {
  const measure = measureOf(alert.measure);
  const days = Number(/^P(\d+)D$/.exec(alert.over)?.[1] ?? 0);
  const over = days === 1 ? t('a day') : days > 1 ? t('{n} days', { n: days }) : alert.over;
  return t('{measure} over {over}: {condition}', { measure: measureLabel(measure), over, condition: conditionText(alert, measure) });
}

function conditionText({ condition, bound }: Alert, measure: ExploreMeasure): string {
  const value = format(bound, condition === 'RISES_BY' || condition === 'FALLS_BY' ? 'fraction' : MEASURES[measure].unit);
  const texts: Record<AlertCondition, string> = {
    ABOVE: t('above {value}', { value }),
    BELOW: t('below {value}', { value }),
    RISES_BY: t('{value} more than in the period before', { value }),
    FALLS_BY: t('{value} less than in the period before', { value }),
    OUTSIDE_FORECAST: t('outside the forecast'),
  };
  return texts[condition];
}

export function conditionName(condition: AlertCondition): string {
  const names: Record<AlertCondition, string> = {
    ABOVE: t('is above'),
    BELOW: t('is below'),
    RISES_BY: t('rises by more than'),
    FALLS_BY: t('falls by more than'),
    OUTSIDE_FORECAST: t('is outside the forecast'),
  };
  return names[condition];
}

export function targetName(kind: AlertTargetKind): string {
  const names: Record<AlertTargetKind, string> = { WEBHOOK: t('Webhook'), SLACK: t('Slack'), EMAIL: t('E-mail') };
  return names[kind];
}

/** The filters in words: `Country: Germany, Austria`. */
export function filterText(where: unknown): string {
  const filters = filtersOf(where);
  if (!filters) return t('Filter: {filter}', { filter: JSON.stringify(where) });
  return FILTERS.flatMap((name) => {
    const values = filters[name];
    return values?.length ? [`${dimensionLabel(name)}: ${values.map((value) => formatValue(name, value)).join(', ')}`] : [];
  }).join(' · ');
}
