/** The first page: how the service does, in one request. */
import { lazy } from 'react';
import { LazyPart } from '../components/LazyPart';
import { PageSkeleton } from '../components/PageSkeleton';
import { PageTitle, ViewTitle } from '../components/PageTitle';
import { ViewNote } from '../components/ViewNote';
import { OverviewDocument, type ViewingFilter } from '../generated/operations';
import { useFilter } from '../hooks/useFilter';
import { useOperation } from '../hooks/useOperation';
import { useOwnRows, withFilter } from '../hooks/useOwnRows';
import { t } from '../i18n/i18n';
import { CountriesPanel, DevicesPanel, GenresPanel } from '../panels/breakdowns';
import { KeyFiguresPanel } from '../panels/KeyFiguresPanel';
import { HourlyTrendsPanel } from '../panels/HourlyTrendsPanel';
import { TopMoviesPanel } from '../panels/TopMoviesPanel';
import { useView } from '../view/useView';

const GettingStartedSection = lazy(async () => ({ default: (await import('./GettingStartedSection')).GettingStartedSection }));

export function OverviewPage() {
  const { view, variables, uncompared, change } = useView();
  const filterBy = useFilter();
  const result = useOperation(OverviewDocument, variables);
  const asked = (where: ViewingFilter | undefined) => variables && withFilter(variables, where);
  const genres = useOwnRows(OverviewDocument, 'genre', result, asked);
  const devices = useOwnRows(OverviewDocument, 'device', result, asked);
  const countries = useOwnRows(OverviewDocument, 'country', result, asked);
  if (result.data && !result.data.provenance.dataThrough) {
    return (
      <>
        <PageTitle title={t('Overview')} />
        <LazyPart fallback={<PageSkeleton />}><GettingStartedSection /></LazyPart>
      </>
    );
  }
  const source = (operation: string, path: string, question: string) => ({ operation, variables: uncompared, path, question });
  return (
    <>
      <ViewTitle title={t('Overview')} note={<ViewNote provenance={result.data?.provenance} path="dashboard" timeZone={view.timeZone} />} />
      <KeyFiguresPanel
        result={result}
        source={source('DailyTrends', 'viewing.rows', 'measures=views&by=DAY')}
        onBrush={(from, through) => { change({ range: { kind: 'days', from, through } }); }}
      />
      <div className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
        <TopMoviesPanel className="md:col-span-2" result={result} source={source('TopMovies', 'topMovies', 'measures=views,viewers,watchHours&by=MOVIE&top=10')} />
        <GenresPanel result={genres} source={source('Genres', 'genres', 'measures=views,viewers&by=GENRE&top=10')} filter={filterBy('genre')} />
        <div className="flex min-w-0 flex-col gap-4 xl:col-span-2">
          <HourlyTrendsPanel result={result} source={source('HourlyTrends', 'hourlyTrends', 'measures=views&by=HOUR_OF_DAY')} timeZone={view.timeZone} />
          <DevicesPanel className="grow" result={devices} source={source('Devices', 'devices', 'measures=views,viewers&by=DEVICE&top=10')} filter={filterBy('device')} />
        </div>
        <CountriesPanel result={countries} source={source('Countries', 'countries', 'measures=viewers,views&by=COUNTRY&top=10')} filter={filterBy('country')} />
      </div>
    </>
  );
}
