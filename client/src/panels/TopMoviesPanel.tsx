/** The most watched films: rank, title, figures, rating as stars and completion as a bar. */
import { Bar } from '../components/Bar';
import { Figure } from '../components/Figure';
import { Panel } from '../components/Panel';
import { Stars } from '../components/Stars';
import { named } from '../format';
import type { TopMoviesQuery } from '../generated/operations';
import { NOTHING_IN_RANGE, type OperationPanelProps } from './panelProps';

export function TopMoviesPanel({ result, className }: OperationPanelProps<TopMoviesQuery>) {
  return (
    <Panel
      testId="panel-top-movies"
      title="Top films"
      className={className}
      result={result}
      select={(data) => data.topMovies}
      empty={NOTHING_IN_RANGE}
    >
      {(films) => <TopMoviesTable films={films} />}
    </Panel>
  );
}

const head = 'pb-2 ps-3 text-end font-medium';
const cell = 'py-2 ps-3 text-end';

function TopMoviesTable({ films }: { readonly films: TopMoviesQuery['topMovies'] }) {
  return (
    <table className="w-full text-sm">
      <caption className="sr-only">The most watched films</caption>
      <thead className="border-b border-line text-xs text-muted">
        <tr>
          <th scope="col" className="min-w-8 pb-2 text-start font-medium">
            <span className="sr-only">Rank</span>
            <span aria-hidden>#</span>
          </th>
          <th scope="col" className="pb-2 text-start font-medium">
            Film
          </th>
          <th scope="col" className={`${head} hidden text-start @3xl:table-cell`}>
            Genre
          </th>
          <th scope="col" className={head}>
            Views
          </th>
          <th scope="col" className={`${head} hidden @lg:table-cell`}>
            Viewers
          </th>
          <th scope="col" className={`${head} hidden @xl:table-cell`}>
            Hours
          </th>
          <th scope="col" className={head}>
            Rating
          </th>
          <th scope="col" className={`${head} hidden @md:table-cell`}>
            Completion
          </th>
        </tr>
      </thead>
      <tbody>
        {films.map(({ rank, movie, views, viewers, watchHours, averageRating, completionRate }) => (
          <tr key={movie.id} data-row={movie.id} className="border-b border-line last:border-0">
            <td className="py-2 pe-3 text-muted" data-field="rank" data-value={rank}>
              {rank}
            </td>
            <th scope="row" className="w-full max-w-0 py-2 text-start font-medium">
              <span className="block truncate" title={movie.title}>
                {movie.title}
              </span>
              <span className="block truncate text-xs font-normal text-muted @3xl:hidden">{named(movie.genre)}</span>
            </th>
            <td className={`${cell} hidden text-start whitespace-nowrap text-muted @3xl:table-cell`}>{named(movie.genre)}</td>
            <td className={`${cell} font-medium`}>
              <Figure field="views" value={views} unit="count" />
            </td>
            <td className={`${cell} hidden @lg:table-cell`}>
              <Figure field="viewers" value={viewers} unit="count" />
            </td>
            <td className={`${cell} hidden @xl:table-cell`}>
              <Figure field="watchHours" value={watchHours} unit="hours" />
            </td>
            <td className={`${cell} whitespace-nowrap`}>
              <Stars field="averageRating" value={averageRating} />
            </td>
            <td className={`${cell} hidden @md:table-cell`}>
              <div className="ms-auto flex w-20 flex-col gap-1">
                <Figure field="completionRate" value={completionRate} unit="fraction" />
                <Bar value={completionRate ?? 0} longest={1} tone="bg-(--series-3)" />
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
