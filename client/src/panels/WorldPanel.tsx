/** Where people watch: the map, and the countries as a list. */
import { lazy } from 'react';
import { BarList } from '../charts/BarList';
import { CountryCode } from '../components/CountryCode';
import { LazyPart } from '../components/LazyPart';
import { DataTable } from '../components/DataTable';
import { Panel } from '../components/Panel';
import { format, formatValue, UNKNOWN } from '../format';
import type { CountriesQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { dimensionLabel, measureLabel } from '../labels';
import { measureColumns } from './measureColumns';
import { type FilterChoice, nothingInRange, type OperationPanelProps } from './panelProps';

// The map's geometry is only loaded with it.
const WorldMap = lazy(() => import('../charts/WorldMap'));
const LISTED = 10;

interface WorldPanelProps extends OperationPanelProps<CountriesQuery> {
  readonly filter: FilterChoice;
}

export function WorldPanel({ result, source, className, filter }: WorldPanelProps) {
  const title = t('Countries');
  return (
    <Panel
      testId="panel-countries"
      title={title}
      note={measureLabel('viewers')}
      exception={t('not compared')}
      className={className}
      result={result}
      source={source}
      select={({ countries }) => countries.toSorted((one, other) => other.viewers - one.viewers)}
      empty={nothingInRange()}
      table={(countries) => (
        <DataTable
          caption={title}
          rows={countries}
          heading={{ label: dimensionLabel('country'), key: ({ country }) => country ?? UNKNOWN, text: ({ country }) => formatValue('country', country) }}
          columns={measureColumns('viewers', 'users', 'views', 'watchHours')}
        />
      )}
    >
      {(countries) => (
        <div className="grid items-center gap-6 @3xl:grid-cols-[3fr_2fr]">
          <LazyPart fallback={<div className="aspect-2/1" />}>
            <WorldMap
              label={t('Map of viewers by country')}
              values={new Map(countries.flatMap(({ country, viewers }) => (country ? [[country, viewers]] : [])))}
              text={(value) => format(value, 'count')}
              active={filter.active}
              onChoose={filter.onToggle}
            />
          </LazyPart>
          <BarList
            label={title}
            field="viewers"
            unit="count"
            rows={countries.slice(0, LISTED).map(({ country, viewers }) => ({
              key: country ?? UNKNOWN,
              name: <CountryName country={country} />,
              value: viewers,
            }))}
            active={filter.active}
            onChoose={filter.onToggle}
          />
        </div>
      )}
    </Panel>
  );
}

function CountryName({ country }: { readonly country: string | null }) {
  return (
    <>
      {country && <CountryCode code={country} />}
      <span className="truncate">{formatValue('country', country)}</span>
    </>
  );
}
