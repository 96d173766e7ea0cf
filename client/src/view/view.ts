/** What all pages show: range, comparison, time zone and filters, read from and written to the URL's query. */
import { addDays, isDayRange } from '../calendar';
import type { Comparison, TimeRange, ViewingFilter } from '../generated/operations';
import { calendarDays, CALENDAR_RANGES, type CalendarRange } from './calendarRange';

/** A preset is a duration that ends with the newest data, or calendar time that holds it. Custom days are local, both included. */
export type RangeChoice =
  | { readonly kind: 'last'; readonly duration: Duration }
  | { readonly kind: 'calendar'; readonly name: CalendarRange }
  | { readonly kind: 'days'; readonly from: string; readonly through: string };

export const DURATIONS = ['P1D', 'P7D', 'P28D', 'P90D'] as const;
export type Duration = (typeof DURATIONS)[number];

/** The dimensions that every page can be filtered by. */
export const FILTERS = ['country', 'device', 'genre', 'quality', 'subscription', 'ageBand'] as const;
export type FilterName = (typeof FILTERS)[number];
export type Filters = Readonly<Partial<Record<FilterName, readonly string[]>>>;

export interface View {
  readonly range: RangeChoice;
  /** Null for none. */
  readonly compareTo: Comparison | null;
  readonly timeZone: string;
  readonly filters: Filters;
}

const DEFAULT_RANGE: RangeChoice = { kind: 'last', duration: 'P28D' };
export const DEFAULT_VIEW: View = { range: DEFAULT_RANGE, compareTo: 'PREVIOUS_PERIOD', timeZone: 'UTC', filters: {} };

const COMPARISONS = { none: null, year: 'PREVIOUS_YEAR' } as const satisfies Record<string, Comparison | null>;
const PARAMETERS = ['range', 'from', 'through', 'compare', 'zone', ...FILTERS] as const;

/** Invalid values fall back to the defaults: a link must never open a broken page. */
export function readView(search: string): View {
  const query = new URLSearchParams(search);
  const filters = FILTERS.flatMap((name) => {
    const values = query.getAll(name).filter(Boolean);
    return values.length > 0 ? [[name, values] as const] : [];
  });
  return {
    range: readRange(query),
    compareTo: readComparison(query.get('compare')),
    timeZone: readZone(query.get('zone')),
    filters: Object.fromEntries(filters),
  };
}

/** The query of `search` with this view in it. Defaults are omitted, other parameters kept. */
export function writeView(view: View, search: string): string {
  const query = new URLSearchParams(search);
  for (const name of PARAMETERS) query.delete(name);
  writeRange(view.range, query);
  if (view.compareTo === null) query.set('compare', 'none');
  if (view.compareTo === 'PREVIOUS_YEAR') query.set('compare', 'year');
  if (view.timeZone !== DEFAULT_VIEW.timeZone) query.set('zone', view.timeZone);
  for (const name of FILTERS) for (const value of view.filters[name] ?? []) query.append(name, value);
  const text = query.toString();
  return text && `?${text}`;
}

/** Only the view of `search`, for links to other pages. */
export function viewOnly(search: string): string {
  return writeView(readView(search), '');
}

/** The API's range excludes its `to`, while people name the last day they want to see. `newestDay` is the local day of the
 *  newest data; without one, calendar ranges are not known yet. */
export function toTimeRange(range: RangeChoice, newestDay: string | null): TimeRange | null {
  if (range.kind === 'last') return { last: range.duration };
  if (range.kind === 'days') return { from: range.from, to: addDays(range.through, 1) };
  return newestDay === null ? null : calendarDays(range.name, newestDay);
}

export function toViewingFilter(filters: Filters): ViewingFilter | undefined {
  const named = FILTERS.flatMap((name) => (filters[name]?.length ? [[name, { in: filters[name] }] as const] : []));
  return named.length > 0 ? Object.fromEntries(named) : undefined;
}

/** The filters with a value put in, or taken out if it was there. */
export function toggled(filters: Filters, name: FilterName, value: string): Filters {
  const values = filters[name] ?? [];
  const rest = values.includes(value) ? values.filter((one) => one !== value) : [...values, value];
  return { ...filters, [name]: rest };
}

function readRange(query: URLSearchParams): RangeChoice {
  const from = query.get('from') ?? '';
  const through = query.get('through') ?? '';
  if (isDayRange(from, through)) return { kind: 'days', from, through };
  const name = query.get('range');
  const duration = DURATIONS.find((one) => one === name);
  if (duration) return { kind: 'last', duration };
  const calendar = CALENDAR_RANGES.find((one) => one === name);
  return calendar ? { kind: 'calendar', name: calendar } : DEFAULT_RANGE;
}

function writeRange(range: RangeChoice, query: URLSearchParams): void {
  if (range.kind === 'days') {
    query.set('from', range.from);
    query.set('through', range.through);
  } else if (range.kind === 'calendar') {
    query.set('range', range.name);
  } else if (range.duration !== 'P28D') {
    query.set('range', range.duration);
  }
}

function readComparison(name: string | null): Comparison | null {
  return name === 'none' || name === 'year' ? COMPARISONS[name] : DEFAULT_VIEW.compareTo;
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
