/** How a film moved in the chart since the previous period. */

export type RankMove =
  | { readonly kind: 'new' }
  | { readonly kind: 'back' }
  | { readonly kind: 'same' }
  | { readonly kind: 'up' | 'down'; readonly places: number };

/** `previousRank` is null for a film that was not on the previous chart: a new entry, or a return. */
export function rankMove(rank: number, previousRank: number | null, periodsOnChart: number): RankMove {
  if (previousRank === null) return { kind: periodsOnChart > 1 ? 'back' : 'new' };
  if (previousRank === rank) return { kind: 'same' };
  return previousRank > rank ? { kind: 'up', places: previousRank - rank } : { kind: 'down', places: rank - previousRank };
}
