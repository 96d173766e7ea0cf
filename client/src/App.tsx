/** The dashboard: its frame, and the page at the address. Each page is a file of its own, loaded when it is first shown. */
import { type ComponentType, lazy, type ReactNode } from 'react';
import { LazyPart } from './components/LazyPart';
import { JobContext } from './components/NotComputed';
import { useNewestDataAsked } from './hooks/useNewestDataAsked';
import { useRefetchOnNewData } from './hooks/useRefetchOnNewData';
import { OverviewPage } from './pages/OverviewPage';
import { CommandPalette } from './shell/CommandPalette';
import { Shell } from './shell/Shell';
import { PageSkeleton } from './components/PageSkeleton';
import { idAt } from './view/entityUrl';
import { usePath } from './view/router';

const AlertPage = lazy(async () => ({ default: (await import('./pages/AlertPage')).AlertPage }));
const AlertsPage = lazy(async () => ({ default: (await import('./pages/AlertsPage')).AlertsPage }));
const ApiPage = lazy(async () => ({ default: (await import('./pages/ApiPage')).ApiPage }));
const AudiencePage = lazy(async () => ({ default: (await import('./pages/AudiencePage')).AudiencePage }));
const BoardPage = lazy(async () => ({ default: (await import('./pages/BoardPage')).BoardPage }));
const BoardsPage = lazy(async () => ({ default: (await import('./pages/BoardsPage')).BoardsPage }));
const ExperimentPage = lazy(async () => ({ default: (await import('./pages/ExperimentPage')).ExperimentPage }));
const ExperimentsPage = lazy(async () => ({ default: (await import('./pages/ExperimentsPage')).ExperimentsPage }));
const FilmChartsPage = lazy(async () => ({ default: (await import('./pages/FilmChartsPage')).FilmChartsPage }));
const DataPage = lazy(async () => ({ default: (await import('./pages/DataPage')).DataPage }));
const ExplorePage = lazy(async () => ({ default: (await import('./pages/ExplorePage')).ExplorePage }));
const FilmPage = lazy(async () => ({ default: (await import('./pages/FilmPage')).FilmPage }));
const FilmsPage = lazy(async () => ({ default: (await import('./pages/FilmsPage')).FilmsPage }));
const NotFoundPage = lazy(async () => ({ default: (await import('./pages/NotFoundPage')).NotFoundPage }));
const JobProgress = lazy(async () => ({ default: (await import('./panels/JobProgress')).JobProgress }));
const OperationsPage = lazy(async () => ({ default: (await import('./pages/OperationsPage')).OperationsPage }));
const PlaybackPage = lazy(async () => ({ default: (await import('./pages/PlaybackPage')).PlaybackPage }));
const PredictionsPage = lazy(async () => ({ default: (await import('./pages/PredictionsPage')).PredictionsPage }));
const UserPage = lazy(async () => ({ default: (await import('./pages/UserPage')).UserPage }));
const UsersPage = lazy(async () => ({ default: (await import('./pages/UsersPage')).UsersPage }));

const PAGES: Readonly<Record<string, ComponentType>> = {
  '/': OverviewPage,
  '/alerts': AlertsPage,
  '/api': ApiPage,
  '/audience': AudiencePage,
  '/boards': BoardsPage,
  '/charts': FilmChartsPage,
  '/data': DataPage,
  '/experiments': ExperimentsPage,
  '/explore': ExplorePage,
  '/films': FilmsPage,
  '/operations': OperationsPage,
  '/playback': PlaybackPage,
  '/predictions': PredictionsPage,
  '/users': UsersPage,
};

export function App() {
  useRefetchOnNewData();
  useNewestDataAsked();
  const path = usePath();
  return (
    <Shell>
      <LazyPart of={path} fallback={<PageSkeleton />}>
        <JobContext value={jobProgress}>
          <PageAt path={path} />
        </JobContext>
      </LazyPart>
      <CommandPalette />
    </Shell>
  );
}

function jobProgress(job: string, how: ReactNode) {
  return <LazyPart fallback={how}><JobProgress job={job}>{how}</JobProgress></LazyPart>;
}

function PageAt({ path }: { readonly path: string }) {
  const user = idAt(path, '/users');
  const alert = idAt(path, '/alerts');
  const board = idAt(path, '/boards');
  const experiment = idAt(path, '/experiments');
  const film = idAt(path, '/films');
  if (user !== null) return <UserPage key={user} id={user} />;
  if (film !== null) return <FilmPage key={film} id={film} />;
  if (alert !== null) return <AlertPage key={alert} id={alert} />;
  if (board !== null) return <BoardPage key={board} id={board} />;
  if (experiment !== null) return <ExperimentPage key={experiment} id={experiment} />;
  const Page = PAGES[path];
  return Page ? <Page /> : <NotFoundPage path={path} />;
}
