/** The films most similar to one: watched by the same people. */
import { Clapperboard } from 'lucide-react';
import { FilmLink } from '../components/FilmLink';
import { Panel } from '../components/Panel';
import { RankedFilm } from '../components/RankedFilm';
import type { SimilarMoviesQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import type { OperationPanelProps } from './panelProps';

interface SimilarMoviesPanelProps extends OperationPanelProps<SimilarMoviesQuery> {
  /** The film's title, where the page is not about it. */
  readonly film?: string;
}

export function SimilarMoviesPanel({ result, className, film }: SimilarMoviesPanelProps) {
  return (
    <Panel
      testId="panel-similar"
      title={t('Similar films')}
      note={film ?? t('Watched by the same people')}
      exception={t('of all time, without filters')}
      className={className}
      result={result}
      select={(data) => data.similarMovies}
      EmptyIcon={Clapperboard}
      empty={t('No similar films: too few people watched this one.')}
    >
      {(films) => (
        <ol className="grid gap-x-8 gap-y-2 text-sm @3xl:grid-cols-2">
          {films.map(({ rank, movie, similarity }) => (
            <li key={movie.sourceId} data-row={movie.sourceId}>
              <RankedFilm rank={rank} movie={movie} field="similarity" value={similarity} longest={1}>
                <FilmLink film={movie} />
              </RankedFilm>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
