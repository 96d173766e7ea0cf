/** Colours of chart series, from the palette in styles.css. One colour, one meaning. */

/** The n-th colour, from 0. After the sixth they repeat, and labels tell the series apart. */
export function seriesColor(index: number): string {
  return `var(--series-${(index % 6) + 1})`;
}

/** What a chart is about, whatever the measure. */
export const PRESENT = seriesColor(0);
/** What the present is compared with. */
export const PAST = 'var(--past)';

export const DAYPART_COLORS = {
  night: 'var(--heat-6)',
  morning: 'var(--series-2)',
  afternoon: 'var(--series-3)',
  evening: 'var(--heat-4)',
} as const;
