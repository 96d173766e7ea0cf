/** The breakdowns that are published operations of their own, and so can be embedded. */
import type { CountriesQuery, DevicesQuery, GenresQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { BreakdownPanel } from './BreakdownPanel';
import type { FilterChoice, OperationPanelProps } from './panelProps';

interface Filterable<TQuery> extends OperationPanelProps<TQuery> {
  readonly filter?: FilterChoice | undefined;
}

export function GenresPanel(props: Filterable<GenresQuery>) {
  return (
    <BreakdownPanel
      {...props}
      testId="panel-genres"
      title={t('Genres')}
      note={t('By the film’s first genre')}
      dimension="genre"
      measures={['views', 'viewers', 'watchHours', 'completionRate', 'averageRating']}
      rows={({ genres }) => genres}
    />
  );
}

export function DevicesPanel(props: Filterable<DevicesQuery>) {
  return (
    <BreakdownPanel
      {...props}
      testId="panel-devices"
      title={t('Devices')}
      dimension="device"
      measures={['views', 'viewers', 'watchHours', 'bufferingPerView']}
      rows={({ devices }) => devices}
    />
  );
}

export function CountriesPanel(props: Filterable<CountriesQuery>) {
  return (
    <BreakdownPanel
      {...props}
      testId="panel-countries"
      title={t('Countries')}
      dimension="country"
      measures={['viewers', 'views', 'watchHours', 'users']}
      rows={({ countries }) => countries}
    />
  );
}
