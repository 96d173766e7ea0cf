/** The weekly chart that the Spark job computes, with each film's move since the week before. */
import { Bar } from '../components/Bar';
import { Figure } from '../components/Figure';
import { Panel } from '../components/Panel';
import { formatDay } from '../format';
import type { RankingsQuery } from '../generated/operations';
import type { OperationPanelProps } from './panelProps';
import { rankMove } from './rankMove';

export function RankingsPanel({ result, className }: OperationPanelProps<RankingsQuery>) {
  const start = result.data?.data.rankings[0]?.start;
  return (
    <Panel
      testId="panel-rankings"
      title="Weekly chart"
      note={start && `Week of ${formatDay(start, 'long')}, all viewing`}
      className={className}
      result={result}
      select={(data) => data.rankings}
      empty={
        <>
          No chart has been computed yet. Run <code className="font-mono text-ink">marquee spark rankings</code>, then
          refresh.
        </>
      }
    >
      {(films) => <Chart films={films} />}
    </Panel>
  );
}

function Chart({ films }: { readonly films: RankingsQuery['rankings'] }) {
  const longest = Math.max(...films.map(({ views }) => views));
  return (
    <ol className="flex grow flex-col justify-between gap-2 text-sm">
      {films.map(({ rank, previousRank, movie, views }) => (
        <li key={movie.id} data-row={movie.id} className="grid grid-cols-[1.5rem_3rem_minmax(0,1fr)_auto] items-center gap-x-2">
          <span className="text-muted" data-field="rank" data-value={rank}>
            {rank}
          </span>
          <Move rank={rank} previousRank={previousRank} />
          <span className="min-w-0">
            <span className="block truncate font-medium" title={movie.title}>
              {movie.title}
            </span>
            <Bar value={views} longest={longest} tone="bg-(--series-2)" />
          </span>
          <Figure className="ps-2 text-end text-muted" field="views" value={views} unit="count" />
        </li>
      ))}
    </ol>
  );
}

function Move({ rank, previousRank }: { readonly rank: number; readonly previousRank: number | null }) {
  const move = rankMove(rank, previousRank);
  const frame = 'text-xs font-semibold whitespace-nowrap';
  switch (move.kind) {
    case 'new':
      return <span className={`${frame} justify-self-start rounded bg-accent-soft px-1.5 py-0.5 text-accent`}>NEW</span>;
    case 'same':
      return (
        <span className={`${frame} text-muted`}>
          <span aria-hidden>–</span>
          <span className="sr-only">unchanged</span>
        </span>
      );
    case 'up':
      return (
        <span className={`${frame} text-good`}>
          <span aria-hidden>▲ </span>
          <span className="sr-only">up </span>
          {move.places}
        </span>
      );
    case 'down':
      return (
        <span className={`${frame} text-bad`}>
          <span aria-hidden>▼ </span>
          <span className="sr-only">down </span>
          {move.places}
        </span>
      );
  }
}
