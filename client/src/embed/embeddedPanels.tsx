/** The panel for each embedded operation. */
import type { ComponentType } from 'react';
import type {
  CountriesQuery,
  DailyTrendsQuery,
  DashboardQuery,
  DevicesQuery,
  ForecastQuery,
  GenresQuery,
  GeographyQuery,
  HourlyTrendsQuery,
  QualityAlertsQuery,
  RankingsQuery,
  TopMoviesQuery,
  ViewingPatternsQuery,
} from '../generated/operations';
import { CountriesPanel, DevicesPanel, GenresPanel } from '../panels/breakdowns';
import { DailyTrendsPanel } from '../panels/DailyTrendsPanel';
import { EmbeddedKeyFigures } from '../panels/EmbeddedKeyFigures';
import { ForecastPanel } from '../panels/ForecastPanel';
import { GeographyPanel } from '../panels/GeographyPanel';
import { HourlyTrendsPanel } from '../panels/HourlyTrendsPanel';
import type { OperationPanelProps } from '../panels/panelProps';
import { PatternsPanel } from '../panels/PatternsPanel';
import { BufferingAlertsPanel } from '../panels/BufferingAlertsPanel';
import { RankingsPanel } from '../panels/RankingsPanel';
import { TopMoviesPanel } from '../panels/TopMoviesPanel';
import { ResponseTable } from './ResponseTable';
import { useEmbeddedOperation } from './useEmbeddedOperation';

export interface EmbeddedProps {
  readonly operation: string;
  readonly token: string;
}

const PANELS = new Map([
  ['Countries', embedded<CountriesQuery>(CountriesPanel)],
  ['DailyTrends', embedded<DailyTrendsQuery>(DailyTrendsPanel)],
  ['Dashboard', embedded<DashboardQuery>(EmbeddedKeyFigures)],
  ['Devices', embedded<DevicesQuery>(DevicesPanel)],
  ['Forecast', embedded<ForecastQuery>(ForecastPanel)],
  ['Genres', embedded<GenresQuery>(GenresPanel)],
  ['Geography', embedded<GeographyQuery>(GeographyPanel)],
  ['HourlyTrends', embedded<HourlyTrendsQuery>(HourlyTrendsPanel)],
  ['QualityAlerts', embedded<QualityAlertsQuery>(BufferingAlertsPanel)],
  ['Rankings', embedded<RankingsQuery>(RankingsPanel)],
  ['TopMovies', embedded<TopMoviesQuery>(TopMoviesPanel)],
  ['ViewingPatterns', embedded<ViewingPatternsQuery>(PatternsPanel)],
]);

/** An operation without a panel of its own is shown as a table. */
export function panelFor(operation: string): ComponentType<EmbeddedProps> {
  return PANELS.get(operation) ?? EmbeddedTable;
}

/** A panel that runs its own operation, with the embed's token. */
function embedded<TQuery>(Panel: ComponentType<OperationPanelProps<TQuery>>): ComponentType<EmbeddedProps> {
  return function EmbeddedPanel({ operation, token }) {
    return <Panel result={useEmbeddedOperation<TQuery>(operation, token)} className="grow" />;
  };
}

function EmbeddedTable({ operation, token }: EmbeddedProps) {
  return <ResponseTable operation={operation} result={useEmbeddedOperation<object>(operation, token)} className="grow" />;
}
