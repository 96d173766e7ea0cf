/** The films most similar to one: watched by the same people. */
import { Clapperboard } from 'lucide-react';
import { Panel } from '../components/Panel';
import { RankedFilm } from '../components/RankedFilm';
import type { SimilarMoviesQuery } from '../generated/operations';
import type { OperationPanelProps } from './panelProps';

interface SimilarMoviesPanelProps extends OperationPanelProps<SimilarMoviesQuery> {
  /** The film's title. */
  readonly film: string;
}

export function SimilarMoviesPanel({ result, className, film }: SimilarMoviesPanelProps) {
  return (
    <Panel
      testId="panel-similar"
      title="Similar films"
      note={film}
      className={className}
      result={result}
      select={(data) => data.similarMovies}
      EmptyIcon={Clapperboard}
      empty="No similar films: too few people watched this one."
    >
      {(films) => (
        <ol className="flex flex-col gap-2 text-sm">
          {films.map(({ rank, movie, similarity }) => (
            <li key={movie.id} data-row={movie.id}>
              <RankedFilm rank={rank} movie={movie} field="similarity" value={similarity} longest={1}>
                <span className="block truncate font-medium" title={movie.title}>
                  {movie.title}
                </span>
              </RankedFilm>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
