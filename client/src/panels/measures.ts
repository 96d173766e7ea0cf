/** The measures that several panels show: label, unit and colour of each, once. */
import type { Unit } from '../format';

export const MEASURES = {
  views: { field: 'views', label: 'Views', unit: 'count', color: 'var(--series-1)' },
  viewers: { field: 'viewers', label: 'Viewers', unit: 'count', color: 'var(--series-3)' },
  watchHours: { field: 'watchHours', label: 'Watch hours', heading: 'Hours', unit: 'hours', color: 'var(--series-2)' },
  completionRate: { field: 'completionRate', label: 'Completion', unit: 'fraction', color: 'var(--series-4)' },
  averageRating: { field: 'averageRating', label: 'Rating', unit: 'rating', color: 'var(--gold)' },
} as const satisfies Record<string, { field: string; label: string; heading?: string; unit: Unit; color: string }>;

/** The measures that a chart over time can switch between. */
export const SWITCHABLE = ['views', 'viewers', 'watchHours'] as const;
export type SwitchableMeasure = (typeof SWITCHABLE)[number];
export const MEASURE_OPTIONS = SWITCHABLE.map((value) => ({ value, label: MEASURES[value].label }));

/** The n-th colour of a set of series; after the tenth they begin again, and names tell them apart. */
export function seriesColor(index: number): string {
  return `var(--series-${(index % 10) + 1})`;
}
