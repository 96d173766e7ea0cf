/** How a film moved in a chart since the period before. */

export type RankMove =
  | { readonly kind: 'new' }
  | { readonly kind: 'same' }
  | { readonly kind: 'up' | 'down'; readonly places: number };

/** `previousRank` is null for a film that was not in the chart before. */
export function rankMove(rank: number, previousRank: number | null): RankMove {
  if (previousRank === null) return { kind: 'new' };
  if (previousRank === rank) return { kind: 'same' };
  return previousRank > rank ? { kind: 'up', places: previousRank - rank } : { kind: 'down', places: rank - previousRank };
}
