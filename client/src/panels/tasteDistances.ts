/** Distances between tastes as a matrix of countries, the largest countries first. */
import type { GeographyQuery } from '../generated/operations';

const MOST_COUNTRIES = 12;

export interface TasteRow {
  readonly country: string;
  /** Null on the diagonal, and where no distance is known. */
  readonly cells: readonly TasteCell[];
}

interface TasteCell {
  readonly other: string;
  readonly distance: number | null;
  /** The distance as a share of the greatest, 0 to 1. */
  readonly part: number;
}

export function tasteDistances({ countries, distances }: GeographyQuery['geography']): TasteRow[] {
  const names = countries.flatMap(({ country }) => country ?? []).slice(0, MOST_COUNTRIES);
  const byPair = new Map(distances.map(({ country, other, distance }) => [`${country}/${other}`, distance]));
  const found = names.map((country) => ({ country, cells: names.map((other) => ({ other, distance: byPair.get(`${country}/${other}`) ?? null })) }));
  const greatest = Math.max(...found.flatMap(({ cells }) => cells.map(({ distance }) => distance ?? 0)));
  return found.map(({ country, cells }) => ({
    country,
    cells: cells.map((cell) => ({ ...cell, part: greatest > 0 ? (cell.distance ?? 0) / greatest : 0 })),
  }));
}
