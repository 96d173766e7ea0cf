/** Recommended films for a user, best first. Selecting one shows similar films. */
import { Clapperboard } from 'lucide-react';
import { NotComputed } from '../components/NotComputed';
import { Panel } from '../components/Panel';
import { RankedFilm } from '../components/RankedFilm';
import type { RecommendationsQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import type { OperationPanelProps } from './panelProps';

interface RecommendationsPanelProps extends OperationPanelProps<RecommendationsQuery> {
  /** The film whose similar films are shown. */
  readonly chosen: string | null;
  readonly onChoose: (film: { sourceId: string; title: string } | null) => void;
}

export function RecommendationsPanel({ result, className, chosen, onChoose }: RecommendationsPanelProps) {
  return (
    <Panel
      testId="panel-recommendations"
      title={t('May like next')}
      note={
        result.data?.data.recommendations.some(({ byModel }) => !byModel)
          ? t('Watched most in the user’s country: nothing is known of the user yet.')
          : t('Based on what similar viewers watched. Select a film to see similar ones.')
      }
      className={className}
      result={result}
      select={(data) => data.recommendations}
      EmptyIcon={Clapperboard}
      empty={
        <>
          <NotComputed job="recommendations">{t('No recommendations for this user.')}</NotComputed> {t('Users who watched too little get none.')}
        </>
      }
    >
      {(films) => {
        const longest = Math.max(...films.map(({ score }) => score));
        return (
          <ol className="gap-x-8 text-sm @3xl:columns-2">
            {films.map(({ rank, movie, score }) => (
              <li key={movie.sourceId} data-row={movie.sourceId} className="break-inside-avoid pb-2">
                <RankedFilm rank={rank} movie={movie} field="score" value={score} longest={longest}>
                  <button
                    type="button"
                    aria-pressed={chosen === movie.sourceId}
                    className="block min-h-6 max-w-full truncate rounded text-start font-medium underline-offset-4 hover:underline aria-pressed:text-accent"
                    title={movie.title}
                    onClick={() => {
                      onChoose(chosen === movie.sourceId ? null : movie);
                    }}
                  >
                    {movie.title}
                  </button>
                </RankedFilm>
              </li>
            ))}
          </ol>
        );
      }}
    </Panel>
  );
}
