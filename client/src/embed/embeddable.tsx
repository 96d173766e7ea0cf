/** Which panel draws which operation. An operation without a panel here is drawn as a table. */
import type { ReactNode } from 'react';
import type {
  CountriesQuery,
  DailyTrendsQuery,
  DashboardQuery,
  DevicesQuery,
  GenresQuery,
  HourlyTrendsQuery,
  RankingsQuery,
  TopMoviesQuery,
} from '../generated/operations';
import type { OperationResult } from '../hooks/useOperation';
import { CountriesPanel } from '../panels/CountriesPanel';
import { DailyTrendsPanel } from '../panels/DailyTrendsPanel';
import { DashboardCards } from '../panels/DashboardCards';
import { DevicesPanel } from '../panels/DevicesPanel';
import { GenresPanel } from '../panels/GenresPanel';
import { HourlyTrendsPanel } from '../panels/HourlyTrendsPanel';
import type { OperationPanelProps } from '../panels/panelProps';
import { RankingsPanel } from '../panels/RankingsPanel';
import { TopMoviesPanel } from '../panels/TopMoviesPanel';
import { AnswerTable } from './AnswerTable';
import { useEmbeddedOperation } from './useEmbeddedOperation';

/** The operations that have a panel, and the answers those panels draw. */
interface Answers {
  Countries: CountriesQuery;
  DailyTrends: DailyTrendsQuery;
  Dashboard: DashboardQuery;
  Devices: DevicesQuery;
  Genres: GenresQuery;
  HourlyTrends: HourlyTrendsQuery;
  Rankings: RankingsQuery;
  TopMovies: TopMoviesQuery;
}

type Draw<TQuery> = (props: OperationPanelProps<TQuery>) => ReactNode;

const PANELS: { readonly [Operation in keyof Answers]: Draw<Answers[Operation]> } = {
  Countries: (props) => <CountriesPanel {...props} />,
  DailyTrends: (props) => <DailyTrendsPanel {...props} />,
  Dashboard: (props) => <DashboardCards {...props} />,
  Devices: (props) => <DevicesPanel {...props} />,
  Genres: (props) => <GenresPanel {...props} />,
  HourlyTrends: (props) => <HourlyTrendsPanel {...props} />,
  Rankings: (props) => <RankingsPanel {...props} />,
  TopMovies: (props) => <TopMoviesPanel {...props} />,
};

interface EmbeddedProps {
  readonly operation: string;
  readonly token: string;
}

export function EmbeddedOperation({ operation, token }: EmbeddedProps) {
  return hasPanel(operation) ? (
    <EmbeddedPanel operation={operation} token={token} />
  ) : (
    <EmbeddedTable operation={operation} token={token} />
  );
}

function EmbeddedPanel<Operation extends keyof Answers>({
  operation,
  token,
}: {
  readonly operation: Operation;
  readonly token: string;
}) {
  const result: OperationResult<Answers[Operation]> = useEmbeddedOperation<Answers[Operation]>(operation, token);
  return PANELS[operation]({ result, className: 'grow' });
}

function EmbeddedTable({ operation, token }: EmbeddedProps) {
  return <AnswerTable operation={operation} result={useEmbeddedOperation<object>(operation, token)} className="grow" />;
}

function hasPanel(operation: string): operation is keyof Answers {
  return Object.hasOwn(PANELS, operation);
}
