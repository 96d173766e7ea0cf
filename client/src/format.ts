/** Figures, dates and names as people read them, through Intl. Nothing is calculated here. */
import { utcMidnight } from './calendar';
import { locale, t } from './i18n/i18n';
import type { MeasureUnit } from './model';

/** The model's units, and those of figures that Spark computes. */
export type Unit = MeasureUnit | 'ratio' | 'metric' | 'wholeFraction';

export const NO_VALUE = '–';

/** The label, and the filter value, for a dimension value that is missing. */
export const UNKNOWN = 'Unknown';

const exact: Record<Unit, Intl.NumberFormat> = {
  count: new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }),
  hours: new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  minutes: new Intl.NumberFormat(locale, { style: 'unit', unit: 'minute', maximumFractionDigits: 0 }),
  fraction: new Intl.NumberFormat(locale, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  wholeFraction: new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }),
  stars: new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  perView: new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
  ratio: new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
  metric: new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }),
};

const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
const signedPercent = new Intl.NumberFormat(locale, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
});

// A tenth of a percent says nothing beside thousands.
const wholeSignedPercent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' });

/** A figure in full: `48,213`, `61.2%`, `4.1`. */
export function format(value: number | null | undefined, unit: Unit): string {
  if (value == null) return NO_VALUE;
  // A tenth says nothing beside hundreds.
  return exact[(unit === 'hours' || unit === 'metric') && Math.abs(value) >= 100 ? 'count' : unit].format(value);
}

/** A figure for an axis or another narrow place: `48.2K`, `61%`. */
export function formatShort(value: number | null | undefined, unit: Unit): string {
  if (value == null) return NO_VALUE;
  if (unit === 'fraction') return exact.wholeFraction.format(value);
  return unit === 'count' || unit === 'hours' ? compact.format(value) : exact[unit].format(value);
}

/** A change, from a fraction: `+12.5%`, `-3.0%`, `0.0%`, `+1,229%`. */
export function formatChange(fraction: number): string {
  return (Math.abs(fraction) >= 10 ? wholeSignedPercent : signedPercent).format(fraction);
}

/** The direction of a change as displayed: one that rounds to 0.0% has none. */
export function changeDirection(fraction: number | null | undefined): 'up' | 'down' | 'none' {
  if (fraction == null) return 'none';
  const sign = formatChange(fraction).charAt(0);
  return sign === '+' ? 'up' : sign === '-' ? 'down' : 'none';
}

/** A local date, `2026-11-23`, not shifted into the browser's zone: `Mon, Nov 23`. */
export function formatDay(day: string, style: 'axis' | 'short' | 'long' | 'month' = 'short'): string {
  return dayForms[style].format(utcMidnight(day));
}

const dayForms = {
  axis: new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' }),
  short: new Intl.DateTimeFormat(locale, { weekday: 'short', month: 'short', day: 'numeric', timeZone: 'UTC' }),
  long: new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }),
  month: new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'long', timeZone: 'UTC' }),
};

/** A size: `512 byte`, `48 kB`, `3.2 MB`. */
export function formatBytes(bytes: number): string {
  const power = Math.min(3, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const unit = (['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const)[power];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(bytes / 1000 ** power);
}

/** A noun after its count: `row` after 1, `rows` after 0 or 2. */
export function plural(count: number, noun: string): string {
  return t(count === 1 ? noun : `${noun}s`);
}

/** Hour 0-23 of the local day: `09:00`. */
export function formatHour(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}

/** A bucket's local start, with its zone's offset, to the hour: `Nov 23, 10:00`. */
export function formatInstantHour(start: string): string {
  return `${formatDay(start.slice(0, 10), 'axis')}, ${start.slice(11, 16)}`;
}

/** An instant in a zone: `Nov 23, 2026, 10:00 UTC`. */
export function formatInstant(instant: string, timeZone: string): string {
  const form = new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
    timeZoneName: 'short',
  });
  return form.format(new Date(instant));
}

/** The time between two instants: `40 s`, `2 min 5 s`, `1 h 12 min`. */
export function formatElapsed(from: string, to: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1_000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60), seconds % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${rest} s` : `${rest} s`;
}

/** The days of a range in a zone, its end excluded: `Oct 25 – Nov 23, 2026`. */
export function formatSpan(from: string, to: string, timeZone: string): string {
  const form = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'short', day: 'numeric', timeZone });
  return form.formatRange(new Date(from), new Date(Date.parse(to) - 1));
}

const regionNames = new Intl.DisplayNames([locale], { type: 'region', fallback: 'code' });

/** A dimension's value, or `Unknown` where it is missing. */
export function named(value: string | null): string {
  return value ?? UNKNOWN;
}

/** The rows with their missing values of one dimension labelled `Unknown`. */
export function namedBy<Name extends string, Row extends Readonly<Record<Name, string | null>>>(rows: readonly Row[], field: Name): (Row & Record<Name, string>)[] {
  return rows.map((row) => ({ ...row, [field]: named(row[field]) }));
}

/** `DE` as `Germany`; anything that isn't a code stays as it is. */
export function formatCountry(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (regionNames.of(code) ?? code) : code;
}

/** A dimension's value as people read it. */
export function formatValue(dimension: string, value: string | number | null): string {
  if (value === null || value === UNKNOWN) return t(UNKNOWN);
  const text = String(value);
  switch (dimension) {
    case 'country':
      return formatCountry(text);
    case 'device':
    case 'subscription':
    case 'gender':
      return formatSlug(text);
    case 'hourOfDay':
      return formatHour(Number(text));
    case 'dayOfWeek':
      return formatWeekday(Number(text));
    default:
      return text;
  }
}

/** A local weekday, 1 for Monday: `Mon`. */
export function formatWeekday(weekday: number): string {
  // The first of January 2024 was a Monday.
  return weekdayForm.format(new Date(Date.UTC(2024, 0, weekday)));
}

const weekdayForm = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' });

/** A slug from the data as a label: `smart_tv` → `Smart TV`, `mobile` → `Mobile`. */
export function formatSlug(slug: string): string {
  const words = slug.replaceAll(/[_-]+/g, ' ').trim();
  const capitalised = words.charAt(0).toUpperCase() + words.slice(1);
  return capitalised.replaceAll(/\btv\b/gi, 'TV');
}
