/** The key figures of the range, for embeds. */
import type { DashboardQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { measureLabel } from '../labels';
import { MEASURES, type MeasureName } from '../model';
import { FiguresPanel } from './FiguresPanel';
import type { OperationPanelProps } from './panelProps';

const FIGURES = [
  ['totalViews', 'views'],
  ['activeUsers', 'viewers'],
  ['watchHours', 'watchHours'],
  ['completionRate', 'completionRate'],
  ['averageRating', 'averageRating'],
  ['totalUsers', 'users'],
] as const satisfies readonly (readonly [string, MeasureName])[];

export function DashboardCards({ result }: OperationPanelProps<DashboardQuery>) {
  return (
    <FiguresPanel
      label={t('Key figures')}
      result={result}
      figures={({ dashboard: { change, previous, ...figures } }) =>
        FIGURES.map(([field, measure]) => ({
          field,
          label: measureLabel(measure),
          unit: MEASURES[measure].unit,
          value: figures[field],
          ...(previous && field !== 'totalUsers' && { previous: previous[field], change: change?.[field] ?? null }),
        }))
      }
    />
  );
}
