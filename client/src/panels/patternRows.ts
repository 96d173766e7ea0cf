/** Viewing patterns as flat rows, with the times of day beside the other figures. */
import { formatCountry, formatSlug, UNKNOWN } from '../format';
import type { PatternBy, ViewingPatternsQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { DAYPART_COLORS } from '../theme/series';

type Pattern = ViewingPatternsQuery['viewingPatterns'][number];
export type Dayparts = Pattern['dayparts'];
export type PatternRow = Pattern & Dayparts;

/** The parts of a viewer's local day, in order. */
export const DAYPARTS = [
  { field: 'night', label: () => t('Night'), hours: () => t('{start} to {end}', { start: 0, end: 6 }), color: DAYPART_COLORS.night },
  { field: 'morning', label: () => t('Morning'), hours: () => t('{start} to {end}', { start: 6, end: 12 }), color: DAYPART_COLORS.morning },
  { field: 'afternoon', label: () => t('Afternoon'), hours: () => t('{start} to {end}', { start: 12, end: 18 }), color: DAYPART_COLORS.afternoon },
  { field: 'evening', label: () => t('Evening'), hours: () => t('{start} to {end}', { start: 18, end: 24 }), color: DAYPART_COLORS.evening },
] as const;

/** Most viewers first. */
export function patternRows({ viewingPatterns }: ViewingPatternsQuery): PatternRow[] {
  return viewingPatterns
    .map((pattern) => ({ ...pattern, ...pattern.dayparts }))
    .sort((one, other) => other.viewers - one.viewers);
}

/** A row's label. The value is null for everybody, and for people whose value is unknown. */
export function patternName({ value }: Pick<Pattern, 'value'>, by: PatternBy): string {
  if (value === null) return by === 'ALL' ? t('Everybody') : t(UNKNOWN);
  return by === 'COUNTRY' ? formatCountry(value) : by === 'SUBSCRIPTION' ? formatSlug(value) : value;
}
