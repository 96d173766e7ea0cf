/** The films of a range as a table that is ordered by its headings; each title opens the film's page. */
import { ArrowDown } from 'lucide-react';
import { Figure } from '../components/Figure';
import { FilmLink } from '../components/FilmLink';
import { Panel } from '../components/Panel';
import { Stars } from '../components/Stars';
import { formatValue } from '../format';
import type { FilmsQuery, TopMoviesOrder } from '../generated/operations';
import { t } from '../i18n/i18n';
import { dimensionLabel, shortLabel } from '../labels';
import type { MeasureName } from '../model';
import { nothingInRange, type OperationPanelProps } from './panelProps';

type Films = FilmsQuery['topMovies'];

const COLUMNS: readonly { readonly order: TopMoviesOrder; readonly measure: MeasureName; readonly className: string }[] = [
  { order: 'VIEWS', measure: 'views', className: '' },
  { order: 'VIEWERS', measure: 'viewers', className: 'hidden @lg:table-cell' },
  { order: 'WATCH_HOURS', measure: 'watchHours', className: 'hidden @xl:table-cell' },
  { order: 'COMPLETION_RATE', measure: 'completionRate', className: 'hidden @md:table-cell' },
  { order: 'AVERAGE_RATING', measure: 'averageRating', className: '' },
];

interface FilmsTablePanelProps extends OperationPanelProps<Pick<FilmsQuery, 'topMovies'>> {
  readonly orderBy: TopMoviesOrder;
  readonly onOrder: (orderBy: TopMoviesOrder) => void;
}

export function FilmsTablePanel({ result, source, className, orderBy, onOrder }: FilmsTablePanelProps) {
  return (
    <Panel
      testId="panel-films"
      title={t('All films')}
      note={t('The first hundred by the chosen column')}
      exception={t('not compared')}
      className={className}
      result={result}
      source={source}
      select={(data) => data.topMovies}
      empty={nothingInRange()}
    >
      {(films) => (
        <table className="w-full text-sm">
          <caption className="sr-only">{t('All films')}</caption>
          <thead className="border-b border-line text-xs text-muted">
            <tr>
              <th scope="col" className="w-10 pb-2 text-start font-medium"><span className="sr-only">{t('Rank')}</span><span aria-hidden>#</span></th>
              <th scope="col" className="pb-2 text-start font-medium">{dimensionLabel('movie')}</th>
              {COLUMNS.map(({ order, measure, className: look }) => (
                <th key={order} scope="col" aria-sort={order === orderBy ? 'descending' : 'none'} className={`pb-2 ps-3 text-end font-medium ${look}`}>
                  <button type="button" className={`inline-flex items-center gap-1 rounded hover:text-ink ${order === orderBy ? 'text-ink' : ''}`} onClick={() => { onOrder(order); }}>
                    {order === orderBy && <ArrowDown className="size-3.5" aria-hidden />}
                    {shortLabel(measure)}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {films.map((film) => (
              <Row key={film.movie.sourceId} film={film} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function Row({ film: { rank, movie, views, viewers, watchHours, completionRate, averageRating } }: { readonly film: Films[number] }) {
  return (
    <tr data-row={movie.sourceId} className="border-b border-line last:border-0 hover:bg-raised/50">
      <td className="text-muted" data-field="rank" data-value={rank}>{rank}</td>
      <th scope="row" className="w-full max-w-0 py-1.5 text-start font-medium">
        <FilmLink film={movie} />
        <span className="block truncate text-xs font-normal text-muted">{formatValue('genre', movie.genre)}</span>
      </th>
      <td className="ps-3 text-end"><Figure field="views" value={views} /></td>
      <td className="hidden ps-3 text-end @lg:table-cell"><Figure field="viewers" value={viewers} /></td>
      <td className="hidden ps-3 text-end @xl:table-cell"><Figure field="watchHours" value={watchHours} /></td>
      <td className="hidden ps-3 text-end @md:table-cell"><Figure field="completionRate" value={completionRate} /></td>
      <td className="ps-3 text-end whitespace-nowrap"><Stars field="averageRating" value={averageRating} /></td>
    </tr>
  );
}
