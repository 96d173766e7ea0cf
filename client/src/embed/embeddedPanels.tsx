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
import { useSelect } from '../hooks/useSelect';
import { CountriesPanel, DevicesPanel, GenresPanel } from '../panels/breakdowns';
import { DailyTrendsPanel } from '../panels/DailyTrendsPanel';
import { EmbeddedKeyFigures } from '../panels/EmbeddedKeyFigures';
import { ForecastPanel } from '../panels/ForecastPanel';
import { GeographyPanel } from '../panels/GeographyPanel';
import { HourlyTrendsPanel } from '../panels/HourlyTrendsPanel';
import type { FilterChoice, OperationPanelProps } from '../panels/panelProps';
import { PatternsPanel } from '../panels/PatternsPanel';
import { BufferingAlertsPanel } from '../panels/BufferingAlertsPanel';
import { RankingsPanel } from '../panels/RankingsPanel';
import { TopMoviesPanel } from '../panels/TopMoviesPanel';
import type { FilterName } from '../view/view';
import { filteredValues } from './embeddedView';
import { EmbeddedBoard } from './EmbeddedBoard';
import { EmbedNote } from './EmbedNote';
import { ResponseTable } from './ResponseTable';
import { type EmbeddedProps, useEmbeddedOperation } from './useEmbeddedOperation';

const PANELS = new Map<string, ComponentType<EmbeddedProps>>([
  ['Board', EmbeddedBoard],
  ['Countries', breakdown<CountriesQuery>(CountriesPanel, 'country')],
  ['DailyTrends', embedded<DailyTrendsQuery>(DailyTrendsPanel)],
  ['Dashboard', embedded<DashboardQuery>(EmbeddedKeyFigures)],
  ['Devices', breakdown<DevicesQuery>(DevicesPanel, 'device')],
  ['Forecast', embedded<ForecastQuery>(ForecastPanel)],
  ['Genres', breakdown<GenresQuery>(GenresPanel, 'genre')],
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
  return function EmbeddedPanel(props) {
    const result = useEmbeddedOperation<TQuery>(props);
    return (
      <>
        <Panel result={result} className="grow" />
        <EmbedNote {...props} provenance={result.data?.provenance} />
      </>
    );
  };
}

interface Filterable<TQuery> extends OperationPanelProps<TQuery> {
  readonly filter?: FilterChoice | undefined;
}

/** One whose bars can be pressed: the page around it hears which, and may filter its panels by it. */
function breakdown<TQuery>(Panel: ComponentType<Filterable<TQuery>>, dimension: FilterName): ComponentType<EmbeddedProps> {
  return function EmbeddedBreakdown(props) {
    const result = useEmbeddedOperation<TQuery>(props);
    const select = useSelect();
    const filter = select && { active: filteredValues(props.variables.where, dimension), onToggle: (value: string) => { select(dimension, value); } };
    return (
      <>
        <Panel result={result} filter={filter ?? undefined} className="grow" />
        <EmbedNote {...props} provenance={result.data?.provenance} />
      </>
    );
  };
}

function EmbeddedTable(props: EmbeddedProps) {
  const result = useEmbeddedOperation<object>(props);
  return (
    <>
      <ResponseTable operation={props.operation} result={result} className="grow" />
      <EmbedNote {...props} provenance={result.data?.provenance} />
    </>
  );
}
