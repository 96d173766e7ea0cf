/** Colours of chart series, from the palette in styles.css. */

/** The n-th colour, from 0. After the tenth they repeat, and labels tell the series apart. */
export function seriesColor(index: number): string {
  return `var(--series-${(index % 10) + 1})`;
}

/** A measure has the same colour in every chart over time. */
export const MEASURE_COLORS = {
  views: seriesColor(0),
  viewers: seriesColor(2),
  watchHours: seriesColor(1),
} as const;

export const DAYPART_COLORS = {
  night: seriesColor(7),
  morning: seriesColor(1),
  afternoon: seriesColor(4),
  evening: seriesColor(0),
} as const;
