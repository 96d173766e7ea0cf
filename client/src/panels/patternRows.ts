/** Viewing patterns with the times of day beside the other figures, as a table wants them. */
import type { PatternBy, ViewingPatternsQuery } from '../generated/operations';
import { formatCountry, formatSlug, UNKNOWN } from '../format';
import { DAYPART_COLORS } from '../theme/series';

type Pattern = ViewingPatternsQuery['viewingPatterns'][number];
export type Dayparts = Pattern['dayparts'];
export type PatternRow = Pattern & Dayparts;

/** The parts of a viewer's own day, in its order, with the colour that each has everywhere. */
export const DAYPARTS = [
  { field: 'night', label: 'Night', hours: '0 to 6', color: DAYPART_COLORS.night },
  { field: 'morning', label: 'Morning', hours: '6 to 12', color: DAYPART_COLORS.morning },
  { field: 'afternoon', label: 'Afternoon', hours: '12 to 18', color: DAYPART_COLORS.afternoon },
  { field: 'evening', label: 'Evening', hours: '18 to 24', color: DAYPART_COLORS.evening },
] as const;

/** Most viewers first. */
export function patternRows({ viewingPatterns }: ViewingPatternsQuery): PatternRow[] {
  return viewingPatterns
    .map((pattern) => ({ ...pattern, ...pattern.dayparts }))
    .sort((one, other) => other.viewers - one.viewers);
}

/** The name of a row; one over everybody has no value, nor has one of people who do not say theirs. */
export function patternName({ value }: Pick<Pattern, 'value'>, by: PatternBy): string {
  if (value === null) return by === 'ALL' ? 'Everybody' : UNKNOWN;
  return by === 'COUNTRY' ? formatCountry(value) : by === 'SUBSCRIPTION' ? formatSlug(value) : value;
}
