/** Where playback buffered more than usual: the newest windows, by device and country. */
import { CircleCheck } from 'lucide-react';
import { NotComputed } from '../components/NotComputed';
import { CountryCode } from '../components/CountryCode';
import { Panel } from '../components/Panel';
import { ColumnHeading, FigureCell, MeasureHeading } from '../components/TableCells';
import { formatInstant, formatValue, named } from '../format';
import { t } from '../i18n/i18n';
import type { QualityAlertsQuery } from '../generated/operations';
import type { OperationPanelProps } from './panelProps';

type Alert = QualityAlertsQuery['qualityAlerts'][number];

const JOB = 'quality';

interface BufferingAlertsPanelProps extends OperationPanelProps<QualityAlertsQuery> {
  readonly timeZone?: string;
}

export function BufferingAlertsPanel({ result, className, timeZone = 'UTC' }: BufferingAlertsPanelProps) {
  const isComputed = result.data?.provenance.results?.some(({ job, computedAt }) => job === JOB && computedAt !== null) ?? false;
  return (
    <Panel
      testId="panel-alerts"
      title={t('Playback alerts')}
      note={t('Where playback buffered more than usual, newest first')}
      exception={t('of all time, without filters')}
      className={className}
      result={result}
      select={(data) => data.qualityAlerts}
      EmptyIcon={CircleCheck}
      empty={isComputed ? t('No alerts: no device buffered more than usual.') : <NotComputed job={JOB}>{t('No alerts have been computed yet.')}</NotComputed>}
    >
      {(alerts) => (
        <div role="region" aria-label={t('Table of playback alerts')} tabIndex={0} className="relative -mx-1 max-h-96 overflow-y-auto px-1">
          <AlertTable alerts={alerts} timeZone={timeZone} />
        </div>
      )}
    </Panel>
  );
}

function AlertTable({ alerts, timeZone }: { readonly alerts: readonly Alert[]; readonly timeZone: string }) {
  return (
    <table className="w-full text-sm">
      <caption className="sr-only">{t('Playback alerts, newest first')}</caption>
      <thead className="border-b border-line text-xs text-muted">
        <tr>
          <ColumnHeading align="start">{t('Where and when')}</ColumnHeading>
          <ColumnHeading className="hidden @sm:table-cell">{t('Sessions')}</ColumnHeading>
          <MeasureHeading name="bufferingPerView" />
          <ColumnHeading title={t('The same figure over all earlier windows of the device')}>{t('Usual')}</ColumnHeading>
        </tr>
      </thead>
      <tbody>
        {alerts.map((alert) => (
          <tr key={keyOf(alert)} data-row={keyOf(alert)} className="border-b border-line last:border-0">
            <th scope="row" className="py-1.5 text-start font-normal">
              <span className="flex flex-wrap items-center gap-x-2 font-medium">
                {formatValue('device', alert.device)}
                <span className="inline-flex items-center gap-1.5 font-normal">
                  <CountryCode code={named(alert.country)} />
                  {formatValue('country', alert.country)}
                </span>
              </span>
              <time dateTime={alert.start} className="block text-xs text-muted">
                {formatInstant(alert.start, timeZone)}
              </time>
            </th>
            <FigureCell className="hidden text-muted @sm:table-cell" field="views" value={alert.views} unit="count" />
            <FigureCell className="font-medium text-bad" field="bufferingPerView" value={alert.bufferingPerView} />
            <FigureCell className="text-muted" field="usual" value={alert.usual} unit="perView" />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function keyOf({ start, device, country }: Alert): string {
  return `${start} ${named(device)} ${named(country)}`;
}
