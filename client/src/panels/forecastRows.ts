/** The forecast of one genre out of the answer, which has all of them. */
import { named } from '../format';
import type { ForecastQuery } from '../generated/operations';

export type ForecastDay = ForecastQuery['forecast'][number];

/** The genres that have a forecast, the one that is expected to be watched most first. */
export function forecastGenres(days: readonly ForecastDay[]): string[] {
  const views = new Map<string, number>();
  for (const { genre, views: expected } of days) views.set(named(genre), (views.get(named(genre)) ?? 0) + expected);
  return [...views].sort(([one, its], [other, others]) => others - its || one.localeCompare(other)).map(([genre]) => genre);
}

/** A day as a chart draws it: the interval as one value with two ends. */
export type BandDay = ForecastDay & { readonly band: readonly [number, number] };

export function daysOf(days: readonly ForecastDay[], genre: string | undefined): BandDay[] {
  return days.filter((day) => named(day.genre) === genre).map((day) => ({ ...day, band: [day.low, day.high] }));
}
