/** Distances between the tastes of countries as a matrix, and the films watched outside their home country. */
import { NotComputed } from '../components/NotComputed';
import { CountryCode } from '../components/CountryCode';
import { Figure } from '../components/Figure';
import { FilmLink } from '../components/FilmLink';
import { Panel } from '../components/Panel';
import { ColumnHeading, FigureCell } from '../components/TableCells';
import { formatCountry } from '../format';
import type { GeographyQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { dimensionLabel } from '../labels';
import { seriesColor } from '../theme/series';
import type { OperationPanelProps } from './panelProps';
import { tasteDistances, type TasteRow } from './tasteDistances';

type Traveller = NonNullable<GeographyQuery['geography']['travellers']>[number];

export function GeographyPanel({ result, className }: OperationPanelProps<GeographyQuery>) {
  return (
    <Panel
      testId="panel-geography"
      title={t('Tastes and travel')}
      note={t('How different the genres watched in two countries are: 0 is the same taste, 1 is nothing in common')}
      className={className}
      result={result}
      select={({ geography }) => (geography.countries.length === 0 ? null : geography)}
      empty={<NotComputed job="geography">{t('No geography has been computed yet.')}</NotComputed>}
    >
      {(geography) => (
        <div className="grid grow gap-6 @4xl:grid-cols-[3fr_2fr]">
          <TasteSquare rows={tasteDistances(geography)} />
          {geography.travellers && geography.travellers.length > 0 && <Travellers films={geography.travellers} />}
        </div>
      )}
    </Panel>
  );
}

function TasteSquare({ rows }: { readonly rows: readonly TasteRow[] }) {
  return (
    <div role="region" aria-label={t('Distances between tastes')} tabIndex={0} className="relative overflow-x-auto">
      <table className="w-full table-fixed border-separate border-spacing-0.5 text-xs">
        <caption className="sr-only">{t('Distances between the tastes of countries')}</caption>
        <thead>
          <tr>
            <td className="w-10 @2xl:w-32" />
            {rows.map(({ country }) => (
              <th key={country} scope="col" className="min-w-9 pb-1 font-mono font-normal text-muted" title={formatCountry(country)}>
                <span aria-hidden>{country}</span>
                <span className="sr-only">{formatCountry(country)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ country, cells }) => (
            <tr key={country} data-row={country}>
              <th scope="row" className="truncate pe-2 text-start font-normal" title={formatCountry(country)}>
                <span className="@2xl:hidden" aria-hidden>
                  <span className="font-mono text-muted">{country}</span>
                </span>
                <span className="@max-2xl:sr-only">{formatCountry(country)}</span>
              </th>
              {cells.map(({ other, distance, part }) => (
                <td key={other} className="h-8 rounded text-center" style={distance === null ? undefined : { background: shade(part) }}>
                  {country === other ? (
                    <span className="text-muted">
                      <span aria-hidden>·</span>
                      <span className="sr-only">{t('itself')}</span>
                    </span>
                  ) : (
                    <Figure field={other} value={distance} unit="ratio" />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Darker means further apart, but never so dark that the figure becomes unreadable. */
function shade(part: number): string {
  return `color-mix(in srgb, ${seriesColor(0)} ${4 + 46 * part}%, var(--surface))`;
}

function Travellers({ films }: { readonly films: readonly Traveller[] }) {
  return (
    <table className="h-fit w-full text-sm">
      <caption className="pb-2 text-start font-medium">{t('Films that travel')}</caption>
      <thead className="border-b border-line text-xs text-muted">
        <tr>
          <ColumnHeading align="start">{dimensionLabel('movie')}</ColumnHeading>
          <ColumnHeading>{t('Home')}</ColumnHeading>
          <ColumnHeading className="hidden @sm:table-cell">{t('Countries')}</ColumnHeading>
          <ColumnHeading title={t('Share of views from outside the home country')}>{t('Abroad')}</ColumnHeading>
        </tr>
      </thead>
      <tbody>
        {films.map(({ rank, movie, home, countries, abroadShare }) => (
          <tr key={movie.sourceId} data-row={movie.sourceId} className="border-b border-line last:border-0">
            <th scope="row" className="flex w-full py-1.5 text-start font-normal">
              <span className="w-7 shrink-0 text-muted">{rank}</span>
              <span className="min-w-0">
                <FilmLink film={movie} />
              </span>
            </th>
            <td className="ps-3 text-end" title={home === null ? undefined : formatCountry(home)}>
              {home !== null && (
                <>
                  <CountryCode code={home} />
                  <span className="sr-only">{formatCountry(home)}</span>
                </>
              )}
            </td>
            <FigureCell className="hidden text-muted @sm:table-cell" field="countries" value={countries} unit="count" />
            <FigureCell field="abroadShare" value={abroadShare} unit="fraction" />
          </tr>
        ))}
      </tbody>
    </table>
  );
}
