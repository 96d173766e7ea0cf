/** What moved an alert's measure most when it fired last: values of dimensions, before and then. */
import { Scale } from 'lucide-react';
import { EmptyNotice } from '../components/Notice';
import { PanelFrame } from '../components/Panel';
import type { ExploreMeasure } from '../explore/question';
import { format, formatInstant, formatValue } from '../format';
import type { AlertQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { dimensionLabel } from '../labels';
import { DIMENSIONS, type DimensionName, MEASURES } from '../model';

type AlertEvent = NonNullable<AlertQuery['alert']>['history'][number];

interface AlertMoversPanelProps {
  /** When it fired last; undefined if it never did. */
  readonly event: AlertEvent | undefined;
  readonly measure: ExploreMeasure;
  readonly timeZone: string;
}

export function AlertMoversPanel({ event, measure, timeZone }: AlertMoversPanelProps) {
  const { unit } = MEASURES[measure];
  const greatest = Math.max(0, ...(event?.movers ?? []).map(({ contribution }) => Math.abs(contribution)));
  return (
    <PanelFrame testId="panel-alert-movers" title={t('What moved it most')} note={event && t('When it fired, {at}', { at: formatInstant(event.at, timeZone) })}>
      {!event?.movers.length ? (
        <EmptyNotice Icon={Scale}>{event ? t('No value of a dimension stands out.') : t('It has not fired yet.')}</EmptyNotice>
      ) : (
        <ul className="flex flex-col gap-3 text-sm">
          {event.movers.map(({ dimension, value, now, before, contribution }) => (
            <li key={`${dimension} ${value}`} data-row={`${dimension} ${value}`}>
              <div className="flex items-baseline justify-between gap-3">
                <span className="min-w-0 truncate">
                  <span className="text-muted">{nameOf(dimension)}</span> {formatValue(dimension, value)}
                </span>
                <span className={`shrink-0 font-medium tabular-nums ${contribution < 0 ? 'text-bad' : 'text-good'}`} data-field="contribution" data-value={contribution}>
                  {contribution > 0 ? '+' : ''}{format(contribution, unit)}
                </span>
              </div>
              <div aria-hidden className="my-1 h-1.5 rounded-full bg-raised">
                <div className={`h-full rounded-full ${contribution < 0 ? 'bg-bad' : 'bg-good'}`} style={{ width: `${(100 * Math.abs(contribution)) / greatest}%` }} />
              </div>
              <p className="text-xs text-muted tabular-nums">{t('{before} before, {now} then', { before: format(before, unit), now: format(now, unit) })}</p>
            </li>
          ))}
        </ul>
      )}
    </PanelFrame>
  );
}

function nameOf(dimension: string): string {
  return dimension in DIMENSIONS ? dimensionLabel(dimension as DimensionName) : dimension;
}
