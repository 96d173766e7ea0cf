/** Which panel draws which embedded operation. */
import type { ComponentType } from 'react';
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

export interface EmbeddedProps {
  readonly operation: string;
  readonly token: string;
}

const PANELS = new Map([
  ['Countries', embedded<CountriesQuery>(CountriesPanel)],
  ['DailyTrends', embedded<DailyTrendsQuery>(DailyTrendsPanel)],
  ['Dashboard', embedded<DashboardQuery>(DashboardCards)],
  ['Devices', embedded<DevicesQuery>(DevicesPanel)],
  ['Genres', embedded<GenresQuery>(GenresPanel)],
  ['HourlyTrends', embedded<HourlyTrendsQuery>(HourlyTrendsPanel)],
  ['Rankings', embedded<RankingsQuery>(RankingsPanel)],
  ['TopMovies', embedded<TopMoviesQuery>(TopMoviesPanel)],
]);

/** An operation that has no panel is drawn as a table of its fields. */
export function panelFor(operation: string): ComponentType<EmbeddedProps> {
  return PANELS.get(operation) ?? EmbeddedTable;
}

/** A panel that asks its own question, with the embed's token. */
function embedded<TQuery>(Panel: ComponentType<OperationPanelProps<TQuery>>): ComponentType<EmbeddedProps> {
  return function EmbeddedPanel({ operation, token }) {
    return <Panel result={useEmbeddedOperation<TQuery>(operation, token)} className="grow" />;
  };
}

function EmbeddedTable({ operation, token }: EmbeddedProps) {
  return <AnswerTable operation={operation} result={useEmbeddedOperation<object>(operation, token)} className="grow" />;
}
