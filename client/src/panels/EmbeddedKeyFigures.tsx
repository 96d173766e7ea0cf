/** The key figures of the range, for embeds. */
import type { DashboardQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { measureLabel } from '../labels';
import { MEASURES, type MeasureName } from '../model';
import { FigureRowPanel } from './FigureRowPanel';
import type { OperationPanelProps } from './panelProps';

const FIGURES = ['views', 'viewers', 'watchHours', 'completionRate', 'averageRating', 'users'] as const satisfies readonly MeasureName[];

export function EmbeddedKeyFigures({ result }: OperationPanelProps<DashboardQuery>) {
  return (
    <FigureRowPanel
      label={t('Key figures')}
      result={result}
      figures={({ dashboard: { change, previous, ...figures } }) =>
        FIGURES.map((field) => ({
          field,
          label: measureLabel(field),
          unit: MEASURES[field].unit,
          value: figures[field],
          ...(previous && field !== 'users' && { previous: previous[field], change: change?.[field] ?? null }),
        }))
      }
    />
  );
}
