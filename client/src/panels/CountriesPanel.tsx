/** Viewing by country: viewers, registered users and views. */
import { Bar } from '../components/Bar';
import { CountryCode } from '../components/CountryCode';
import { FilterButton, type FilterChoice } from '../components/FilterButton';
import { Panel } from '../components/Panel';
import { ColumnHeading, FigureCell, MeasureHeading } from '../components/TableCells';
import { formatCountry, namedBy } from '../format';
import type { CountriesQuery } from '../generated/operations';
import { DIMENSIONS } from '../model';
import { NOTHING_IN_RANGE, type OperationPanelProps } from './panelProps';

interface CountriesPanelProps extends OperationPanelProps<CountriesQuery> {
  readonly filter?: FilterChoice;
}

export function CountriesPanel({ result, className, filter }: CountriesPanelProps) {
  return (
    <Panel
      testId="panel-countries"
      title="Countries"
      className={className}
      result={result}
      select={(data) => namedBy(data.countries, 'country').toSorted((one, other) => other.viewers - one.viewers)}
      empty={NOTHING_IN_RANGE}
    >
      {(countries) => {
        const longest = Math.max(...countries.map(({ viewers }) => viewers));
        return (
          <div role="region" aria-label="Viewing by country" tabIndex={0} className="-mx-1 max-h-96 overflow-y-auto px-1">
            <table className="w-full text-sm">
              <caption className="sr-only">Viewing by country</caption>
              <thead className="text-xs text-muted">
                <tr>
                  <ColumnHeading align="start">{DIMENSIONS.country.label}</ColumnHeading>
                  <ColumnHeading className="hidden w-1/4 @sm:table-cell">
                    <span className="sr-only">Viewers as a bar</span>
                  </ColumnHeading>
                  <MeasureHeading name="viewers" />
                  <MeasureHeading name="users" />
                  <MeasureHeading name="views" className="hidden @md:table-cell" />
                </tr>
              </thead>
              <tbody>
                {countries.map(({ country, users, viewers, views }) => (
                  <tr key={country} data-row={country}>
                    <th scope="row" className="max-w-0 py-1 text-start font-normal @sm:max-w-40">
                      <FilterButton value={country} choice={filter}>
                        <CountryCode code={country} />
                        <span className="truncate">{formatCountry(country)}</span>
                      </FilterButton>
                    </th>
                    <td className="hidden ps-3 @sm:table-cell">
                      <Bar value={viewers} longest={longest} />
                    </td>
                    <FigureCell className="font-medium" field="viewers" value={viewers} />
                    <FigureCell className="text-muted" field="users" value={users} />
                    <FigureCell className="hidden text-muted @md:table-cell" field="views" value={views} />
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        );
      }}
    </Panel>
  );
}
