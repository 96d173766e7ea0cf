/** A film in a ranked list: rank, title, genre, and a bar for its figure. */
import type { ReactNode } from 'react';
import { formatValue } from '../format';
import { seriesColor } from '../theme/series';
import { Bar } from './Bar';
import { Figure } from './Figure';

interface RankedFilmProps {
  readonly rank: number;
  readonly movie: { readonly genre: string | null };
  readonly field: string;
  readonly value: number;
  readonly longest: number;
  /** The title. */
  readonly children: ReactNode;
}

export function RankedFilm({ rank, movie, field, value, longest, children }: RankedFilmProps) {
  return (
    <div className="grid grid-cols-[1.5rem_minmax(0,1fr)_auto] items-center gap-x-2">
      <span className="text-muted" data-field="rank" data-value={rank}>
        {rank}
      </span>
      <div className="min-w-0">
        <div className="flex items-baseline justify-between gap-3">
          <div className="min-w-0">{children}</div>
          <span className="shrink-0 text-xs text-muted">{formatValue('genre', movie.genre)}</span>
        </div>
        <Bar value={Math.max(value, 0)} longest={longest} color={seriesColor(0)} />
      </div>
      <Figure className="w-12 text-end text-muted" field={field} value={value} unit="ratio" />
    </div>
  );
}
