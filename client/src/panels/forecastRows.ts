/** Picks one genre's forecast from a response with all genres. */
import { named } from '../format';
import type { ForecastQuery } from '../generated/operations';

export type ForecastDay = ForecastQuery['forecast'][number];

/** The genres with a forecast, most expected views first. */
export function forecastGenres(days: readonly ForecastDay[]): string[] {
  const views = new Map<string, number>();
  for (const { genre, views: expected } of days) views.set(named(genre), (views.get(named(genre)) ?? 0) + expected);
  return [...views].sort(([one, its], [other, others]) => others - its || one.localeCompare(other)).map(([genre]) => genre);
}

export function daysOf(days: readonly ForecastDay[], genre: string | undefined): ForecastDay[] {
  return days.filter((day) => named(day.genre) === genre);
}
