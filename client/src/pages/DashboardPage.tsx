/** The dashboard page. Each panel runs its own query, so that one failure leaves the others intact. */
import type { Provenance } from '../api/response';
import type { FilterChoice } from '../components/FilterButton';
import { FilterChips } from '../components/FilterChips';
import { PageTitle } from '../components/PageTitle';
import { RangePicker } from '../components/RangePicker';
import { RefreshButton } from '../components/RefreshButton';
import { ZonePicker } from '../components/ZonePicker';
import { formatInstant, formatSpan } from '../format';
import {
  CountriesDocument,
  DailyTrendsDocument,
  DashboardDocument,
  DevicesDocument,
  ForecastDocument,
  GenresDocument,
  GeographyDocument,
  HourlyTrendsDocument,
  QualityAlertsDocument,
  TopMoviesDocument,
} from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { CountriesPanel } from '../panels/CountriesPanel';
import { DailyTrendsPanel } from '../panels/DailyTrendsPanel';
import { DashboardCards } from '../panels/DashboardCards';
import { DevicesPanel } from '../panels/DevicesPanel';
import { ForecastPanel } from '../panels/ForecastPanel';
import { GenresPanel } from '../panels/GenresPanel';
import { GeographyPanel } from '../panels/GeographyPanel';
import { HourlyTrendsPanel } from '../panels/HourlyTrendsPanel';
import { QualityAlertsPanel } from '../panels/QualityAlertsPanel';
import { TopMoviesPanel } from '../panels/TopMoviesPanel';
import type { FilterName } from '../view/dashboardView';
import { useDashboardView } from '../view/useDashboardView';
import { DataQualitySection } from './DataQualitySection';
import { ModelReportsSection } from './ModelReportsSection';
import { PatternsSection } from './PatternsSection';
import { RankingsSection } from './RankingsSection';

export function DashboardPage() {
  const { view, variables, change } = useDashboardView();
  const dashboard = useOperation(DashboardDocument, variables);
  const daily = useOperation(DailyTrendsDocument, variables);

  function setFilter(name: FilterName, value: string | undefined) {
    change({ filters: { ...view.filters, [name]: value } });
  }
  function filterBy(name: FilterName): FilterChoice {
    return {
      active: view.filters[name],
      onChoose: (value) => {
        setFilter(name, value);
      },
    };
  }

  return (
    <>
      <PageTitle title="Dashboard" note={dashboard.data && <DataNote provenance={dashboard.data.provenance} timeZone={view.timeZone} />}>
        <RangePicker
          range={view.range}
          onChange={(range) => {
            change({ range });
          }}
        />
        <ZonePicker
          timeZone={view.timeZone}
          onChange={(timeZone) => {
            change({ timeZone });
          }}
        />
        <RefreshButton />
      </PageTitle>
      <FilterChips
        filters={view.filters}
        onRemove={(name) => {
          setFilter(name, undefined);
        }}
      />
      <DashboardCards result={dashboard} viewsByDay={daily.data?.data.dailyTrends.map(({ views }) => views)} />
      <div className="grid gap-4 md:grid-cols-2 lg:grid-cols-12">
        <DailyTrendsPanel className="md:col-span-2 lg:col-span-8" result={daily} />
        <GenresPanel className="lg:col-span-4" result={useOperation(GenresDocument, variables)} filter={filterBy('genre')} />
        <HourlyTrendsPanel className="lg:col-span-5" result={useOperation(HourlyTrendsDocument, variables)} timeZone={view.timeZone} />
        <DevicesPanel className="lg:col-span-3" result={useOperation(DevicesDocument, variables)} filter={filterBy('device')} />
        <CountriesPanel className="lg:col-span-4" result={useOperation(CountriesDocument, variables)} filter={filterBy('country')} />
        <TopMoviesPanel className="md:col-span-2 lg:col-span-8" result={useOperation(TopMoviesDocument, variables)} />
        <RankingsSection className="md:col-span-2 lg:col-span-4" />
        <ForecastPanel className="md:col-span-2 lg:col-span-8" result={useOperation(ForecastDocument, {})} />
        <QualityAlertsPanel className="lg:col-span-4" result={useOperation(QualityAlertsDocument, {})} timeZone={view.timeZone} />
        <PatternsSection className="lg:col-span-4" />
        <GeographyPanel className="md:col-span-2 lg:col-span-8" result={useOperation(GeographyDocument, {})} />
        <DataQualitySection className="md:col-span-2 lg:col-span-8" timeZone={view.timeZone} />
        <ModelReportsSection className="md:col-span-2 lg:col-span-4" />
      </div>
    </>
  );
}

interface DataNoteProps {
  readonly provenance: Provenance;
  readonly timeZone: string;
}

/** The range of the figures, the range they are compared with, and how far the data reaches. */
function DataNote({ provenance: { dataThrough, paths }, timeZone }: DataNoteProps) {
  const range = paths?.dashboard?.range;
  const before = paths?.dashboard?.comparedWith;
  return (
    <>
      {range && (
        <span data-field="range" data-value={`${range.from}/${range.to}`} className="text-ink">
          {formatSpan(range.from, range.to, timeZone)}
        </span>
      )}
      {before && (
        <>
          {' · compared with '}
          <span data-field="comparedWith" data-value={`${before.from}/${before.to}`}>
            {formatSpan(before.from, before.to, timeZone)}
          </span>
        </>
      )}
      {range && dataThrough && ' · '}
      {dataThrough && (
        <>
          data through{' '}
          <time dateTime={dataThrough} data-field="dataThrough" data-value={dataThrough}>
            {formatInstant(dataThrough, timeZone)}
          </time>
        </>
      )}
    </>
  );
}
