/** The most watched films, with their rating as stars and completion as a bar. */
import { Figure } from '../components/Figure';
import { FilmLink } from '../components/FilmLink';
import { Panel } from '../components/Panel';
import { Stars } from '../components/Stars';
import { ColumnHeading, FigureCell, MeasureHeading } from '../components/TableCells';
import { formatValue } from '../format';
import type { TopMoviesQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { dimensionLabel } from '../labels';
import { nothingInRange, type OperationPanelProps } from './panelProps';

export function TopMoviesPanel({ result, source, className }: OperationPanelProps<TopMoviesQuery>) {
  return (
    <Panel
      testId="panel-top-movies"
      title={t('Top films')}
      className={className}
      result={result}
      source={source}
      select={(data) => data.topMovies}
      empty={nothingInRange()}
    >
      {(films) => <TopMoviesTable films={films} />}
    </Panel>
  );
}

function TopMoviesTable({ films }: { readonly films: TopMoviesQuery['topMovies'] }) {
  return (
    <table className="w-full text-sm">
      <caption className="sr-only">{t('The most watched films')}</caption>
      <thead className="border-b border-line text-xs text-muted">
        <tr>
          <ColumnHeading align="start" className="min-w-8">
            <span className="sr-only">{t('Rank')}</span>
            <span aria-hidden>#</span>
          </ColumnHeading>
          <ColumnHeading align="start">{dimensionLabel('movie')}</ColumnHeading>
          <ColumnHeading align="start" className="hidden ps-3 @3xl:table-cell">
            {dimensionLabel('genre')}
          </ColumnHeading>
          <MeasureHeading name="views" />
          <MeasureHeading name="viewers" className="hidden @lg:table-cell" />
          <MeasureHeading name="watchHours" className="hidden @xl:table-cell" />
          <MeasureHeading name="averageRating" />
          <MeasureHeading name="completionRate" className="hidden @md:table-cell" />
        </tr>
      </thead>
      <tbody>
        {films.map(({ rank, movie, views, viewers, watchHours, averageRating, completionRate }) => (
          <tr key={movie.sourceId} data-row={movie.sourceId} className="border-b border-line last:border-0">
            <td className="pe-3 text-muted" data-field="rank" data-value={rank}>
              {rank}
            </td>
            <th scope="row" className="w-full max-w-0 py-1.5 text-start font-medium">
              <FilmLink film={movie} />
              <span className="block truncate text-xs font-normal text-muted @3xl:hidden">{formatValue('genre', movie.genre)}</span>
            </th>
            <td className="hidden ps-3 whitespace-nowrap text-muted @3xl:table-cell">{formatValue('genre', movie.genre)}</td>
            <FigureCell className="font-medium" field="views" value={views} />
            <FigureCell className="hidden @lg:table-cell" field="viewers" value={viewers} />
            <FigureCell className="hidden @xl:table-cell" field="watchHours" value={watchHours} />
            <td className="ps-3 text-end whitespace-nowrap">
              <Stars field="averageRating" value={averageRating} />
            </td>
            <td className="hidden py-1.5 ps-3 text-end @md:table-cell">
              <Figure field="completionRate" value={completionRate} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
