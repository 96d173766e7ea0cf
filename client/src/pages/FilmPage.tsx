/** One film: what it is, how it does, how far people watch it, who they are, and what is like it. */
import { RequestError } from '../api/errors';
import { readField } from '../api/fieldErrors';
import { Link } from '../components/Link';
import { ViewTitle } from '../components/PageTitle';
import { ViewNote } from '../components/ViewNote';
import { format, formatDay } from '../format';
import { FilmDocument, type FilmQuery, SimilarMoviesDocument, type ViewingFilter } from '../generated/operations';
import { useFilter } from '../hooks/useFilter';
import { useOperation } from '../hooks/useOperation';
import { useOwnRows } from '../hooks/useOwnRows';
import { t } from '../i18n/i18n';
import { measureLabel } from '../labels';
import { BreakdownPanel } from '../panels/BreakdownPanel';
import { compared } from '../panels/compared';
import { FigureRowPanel } from '../panels/FigureRowPanel';
import { FunnelPanel } from '../panels/FunnelPanel';
import { LinesPanel } from '../panels/LinesPanel';
import { comparedBuckets } from '../panels/partialDay';
import { SimilarMoviesPanel } from '../panels/SimilarMoviesPanel';
import { mayQueryAllRows, useViewer } from '../session/viewer';
import { PAST, PRESENT } from '../theme/series';
import { useSearch } from '../view/router';
import { useView } from '../view/useView';
import { viewOnly } from '../view/view';

const SIMILAR = 10;
const CHARTED = ['views', 'viewers', 'watchHours', 'completionRate'] as const;
const UNITS = { views: 'count', viewers: 'count', watchHours: 'hours', completionRate: 'fraction' } as const;

export function FilmPage({ id }: { readonly id: string }) {
  const { view, variables, change } = useView();
  const search = useSearch();
  const filterBy = useFilter();
  const asked = (where: ViewingFilter | undefined) => variables && { ...variables, id, where: { ...where, movie: { eq: id } } };
  const result = useOperation(FilmDocument, asked(variables?.where));
  const countries = useOwnRows(FilmDocument, 'country', result, asked);
  const devices = useOwnRows(FilmDocument, 'device', result, asked);
  const ages = useOwnRows(FilmDocument, 'ageBand', result, asked);
  const film = readField(() => result.data?.data.movie);
  const days = result.data?.data.days.rows.map(({ day }) => day) ?? [];
  const comparedDays = new Set(days.slice(0, comparedBuckets(days.map(String), result.data?.provenance ?? {}, 'days.rows')));
  const groups = { result, measures: ['viewers', 'views', 'watchHours'], exception: t('not compared') } as const;
  return (
    <>
      <ViewTitle
        above={<Link to={`/films${viewOnly(search)}`} className="text-accent hover:underline">{t('All films')}</Link>}
        title={film instanceof RequestError ? t('Film {id}', { id }) : (film?.title ?? t('Film {id}', { id }))}
        note={film instanceof RequestError ? film.message : result.data && (film ? <FilmFacts film={film} /> : t('There is no film with this id.'))}
      />
      <p className="-mt-3 text-sm text-muted"><ViewNote provenance={result.data?.provenance} path="days.rows" timeZone={view.timeZone} /></p>
      <FigureRowPanel
        label={t('Key figures')}
        result={result}
        figures={({ totals: { rows: [row] } }) => CHARTED.map((field) => ({ field, label: measureLabel(field), unit: UNITS[field], value: row?.[field], ...compared(row, field) }))}
      />
      <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
        <LinesPanel
          className="md:col-span-2"
          testId="panel-days"
          title={t('Views by day')}
          result={result}
          rows={({ days }) => days.rows}
          start={({ day }) => day ?? ''}
          unit="count"
          series={[
            { field: 'views', label: measureLabel('views'), value: ({ views }) => views, color: PRESENT, change: (day) => day.change?.views },
            ...(view.compareTo ? [{ field: 'previous' as const, label: t('Before'), value: (day: FilmDay) => (comparedDays.has(day.day) ? (day.previous?.views ?? null) : null), color: PAST, isDashed: true }] : []),
          ]}
          onBrush={(from, through) => { change({ range: { kind: 'days', from, through } }); }}
          height={220}
        />
        <FunnelPanel result={result} />
        <BreakdownPanel {...groups} result={countries} testId="panel-countries" title={t('Countries')} dimension="country" rows={({ countries }) => countries.rows} filter={filterBy('country')} />
        <BreakdownPanel {...groups} result={devices} testId="panel-devices" title={t('Devices')} dimension="device" rows={({ devices }) => devices.rows} filter={filterBy('device')} />
        <BreakdownPanel {...groups} result={ages} testId="panel-ages" title={t('Ages')} dimension="ageBand" rows={({ ages }) => ages.rows} filter={filterBy('ageBand')} />
        <Similar id={id} />
      </div>
    </>
  );
}

type FilmDay = FilmQuery['days']['rows'][number];

function FilmFacts({ film }: { readonly film: NonNullable<FilmQuery['movie']> }) {
  const facts = [
    film.genres.join(', '),
    film.director,
    film.releaseDate && formatDay(film.releaseDate, 'long'),
    film.duration && format(film.duration, 'minutes'),
    film.averageRating && t('{stars} stars of all ratings', { stars: format(film.averageRating, 'stars') }),
  ];
  return <>{facts.filter(Boolean).join(' · ')}</>;
}

/** For tokens without a row scope: the model is trained on everybody. */
function Similar({ id }: { readonly id: string }) {
  const isAllowed = mayQueryAllRows(useViewer(), 'similarMovies');
  const result = useOperation(SimilarMoviesDocument, isAllowed ? { id, limit: SIMILAR } : null);
  return isAllowed && <SimilarMoviesPanel className="md:col-span-2 xl:col-span-3" result={result} />;
}
