/** A user's page: profile, viewing patterns and recommendations. */
import { useState } from 'react';
import { NotComputed } from '../components/NotComputed';
import { Link } from '../components/Link';
import { PageTitle } from '../components/PageTitle';
import { RefreshButton } from '../components/RefreshButton';
import {
  RecommendationsDocument,
  SimilarMoviesDocument,
  UserDocument,
  ViewerDocument,
  ViewingPatternsDocument,
} from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { PatternsPanel } from '../panels/PatternsPanel';
import { RecommendationsPanel } from '../panels/RecommendationsPanel';
import { SimilarMoviesPanel } from '../panels/SimilarMoviesPanel';
import { UserPanel } from '../panels/UserPanel';
import { useSearch } from '../view/router';
import { masksOf } from './masks';

const SIMILAR = 10;

interface Film {
  readonly sourceId: string;
  readonly title: string;
}

export function UserPage({ id }: { readonly id: string }) {
  const search = useSearch();
  const [film, setFilm] = useState<Film | null>(null);
  const viewer = useOperation(ViewerDocument, {});
  return (
    <>
      <PageTitle
        title={t('User {id}', { id })}
        above={
          <Link to={`/users${search}`} className="text-accent underline-offset-4 hover:underline">
            {t('All users')}
          </Link>
        }
      >
        <RefreshButton />
      </PageTitle>
      <div className="grid gap-4 lg:grid-cols-12">
        <UserPanel
          className="lg:col-span-5"
          result={useOperation(UserDocument, { id })}
          // Until then, nobody could tell a masked value from a plain one.
          masks={viewer.data && masksOf('User', viewer.data.data.viewer)}
        />
        <PatternsPanel
          className="lg:col-span-7"
          title={t('How they watch')}
          result={useOperation(ViewingPatternsDocument, { userId: id })}
          empty={
            <>
              <NotComputed job="patterns">{t('No viewing patterns for this user.')}</NotComputed> {t('Users who watched nothing have none.')}
            </>
          }
        />
        <RecommendationsPanel
          className={film ? 'lg:col-span-7' : 'lg:col-span-12'}
          result={useOperation(RecommendationsDocument, { userId: id })}
          chosen={film?.sourceId ?? null}
          onChoose={setFilm}
        />
        <SimilarFilms film={film} />
      </div>
    </>
  );
}

function SimilarFilms({ film }: { readonly film: Film | null }) {
  const result = useOperation(SimilarMoviesDocument, film && { id: film.sourceId, limit: SIMILAR });
  return film && <SimilarMoviesPanel className="lg:col-span-5" film={film.title} result={result} />;
}
