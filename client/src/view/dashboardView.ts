/** The dashboard's range, time zone and filters, read from and written to the URL's query. */
import { addDays, isDayRange } from '../calendar';
import type { TimeRange, ViewingFilter } from '../generated/operations';

/** A preset is a duration that ends at the newest data. Custom days are local dates, both included. */
export type RangeChoice =
  | { readonly kind: 'preset'; readonly duration: Preset }
  | { readonly kind: 'days'; readonly from: string; readonly through: string };

export const PRESETS = ['P7D', 'P30D', 'P90D', 'P12W'] as const;
export type Preset = (typeof PRESETS)[number];

export const FILTERS = ['country', 'device', 'genre'] as const;
export type FilterName = (typeof FILTERS)[number];

export interface View {
  readonly range: RangeChoice;
  readonly timeZone: string;
  readonly filters: Readonly<Partial<Record<FilterName, string>>>;
}

export const DEFAULT_VIEW: View = { range: { kind: 'preset', duration: 'P30D' }, timeZone: 'UTC', filters: {} };

const PARAMETERS = ['range', 'from', 'through', 'zone', ...FILTERS] as const;

/** Invalid values fall back to the defaults: a link must never open a broken page. */
export function readView(search: string): View {
  const query = new URLSearchParams(search);
  const filters = Object.fromEntries(
    FILTERS.flatMap((name) => {
      const value = query.get(name);
      return value ? [[name, value]] : [];
    }),
  );
  return { range: readRange(query), timeZone: readZone(query.get('zone')), filters };
}

/** The query of `search` with this view in it. Defaults are omitted, other parameters kept. */
export function writeView(view: View, search: string): string {
  const query = new URLSearchParams(search);
  for (const name of PARAMETERS) query.delete(name);
  if (view.range.kind === 'days') {
    query.set('from', view.range.from);
    query.set('through', view.range.through);
  } else if (view.range.duration !== 'P30D') {
    query.set('range', view.range.duration);
  }
  if (view.timeZone !== DEFAULT_VIEW.timeZone) query.set('zone', view.timeZone);
  for (const name of FILTERS) {
    const value = view.filters[name];
    if (value) query.set(name, value);
  }
  const text = query.toString();
  return text && `?${text}`;
}

/** The API's range excludes its `to`, while people name the last day they want to see. */
export function toTimeRange(range: RangeChoice): TimeRange {
  return range.kind === 'preset' ? { last: range.duration } : { from: range.from, to: addDays(range.through, 1) };
}

export function toViewingFilter(filters: View['filters']): ViewingFilter | undefined {
  const where: ViewingFilter = {
    ...(filters.country && { country: { eq: filters.country } }),
    ...(filters.device && { device: { eq: filters.device } }),
    ...(filters.genre && { genre: { eq: filters.genre } }),
  };
  return Object.keys(where).length > 0 ? where : undefined;
}

function readRange(query: URLSearchParams): RangeChoice {
  const from = query.get('from') ?? '';
  const through = query.get('through') ?? '';
  if (isDayRange(from, through)) return { kind: 'days', from, through };
  const duration = PRESETS.find((preset) => preset === query.get('range'));
  return duration ? { kind: 'preset', duration } : DEFAULT_VIEW.range;
}

function readZone(zone: string | null): string {
  if (!zone) return DEFAULT_VIEW.timeZone;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    return DEFAULT_VIEW.timeZone;
  }
}
