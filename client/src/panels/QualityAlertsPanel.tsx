/** Where playback buffered more than it usually does: the newest windows, by device and country. */
import { CircleCheck } from 'lucide-react';
import { Command } from '../components/Command';
import { CountryCode } from '../components/CountryCode';
import { Figure } from '../components/Figure';
import { Panel } from '../components/Panel';
import { formatCountry, formatInstant, formatSlug, named } from '../format';
import type { QualityAlertsQuery } from '../generated/operations';
import type { OperationPanelProps } from './panelProps';

type Alert = QualityAlertsQuery['qualityAlerts'][number];

interface QualityAlertsPanelProps extends OperationPanelProps<QualityAlertsQuery> {
  readonly timeZone?: string;
}

export function QualityAlertsPanel({ result, className, timeZone = 'UTC' }: QualityAlertsPanelProps) {
  return (
    <Panel
      testId="panel-alerts"
      title="Playback alerts"
      note="Where playback buffered more than usual, newest first"
      className={className}
      result={result}
      select={(data) => data.qualityAlerts}
      EmptyIcon={CircleCheck}
      empty={
        <>
          All calm: no device buffers more than usual in what <Command>marquee spark quality</Command> has read.
        </>
      }
    >
      {(alerts) => (
        <div role="region" aria-label="Table of playback alerts" tabIndex={0} className="-mx-1 max-h-96 overflow-y-auto px-1">
          <AlertTable alerts={alerts} timeZone={timeZone} />
        </div>
      )}
    </Panel>
  );
}

const head = 'pb-2 ps-3 text-end font-medium';
const cell = 'py-2 ps-3 text-end';

function AlertTable({ alerts, timeZone }: { readonly alerts: readonly Alert[]; readonly timeZone: string }) {
  return (
    <table className="w-full text-sm">
      <caption className="sr-only">Playback alerts, newest first</caption>
      <thead className="border-b border-line text-xs text-muted">
        <tr>
          <th scope="col" className="pb-2 text-start font-medium">
            Where and when
          </th>
          <th scope="col" className={`${head} hidden @sm:table-cell`}>
            Sessions
          </th>
          <th scope="col" className={head} title="Interruptions by buffering per view">
            Per view
          </th>
          <th scope="col" className={head} title="The same over all windows of the device before">
            Usual
          </th>
        </tr>
      </thead>
      <tbody>
        {alerts.map((alert) => (
          <tr key={keyOf(alert)} data-row={keyOf(alert)} className="border-b border-line last:border-0">
            <th scope="row" className="py-2 text-start font-normal">
              <span className="flex flex-wrap items-center gap-x-2 font-medium">
                {formatSlug(named(alert.device))}
                <span className="inline-flex items-center gap-1.5 font-normal">
                  <CountryCode code={named(alert.country)} />
                  {formatCountry(named(alert.country))}
                </span>
              </span>
              <time dateTime={alert.start} className="block text-xs text-muted">
                {formatInstant(alert.start, timeZone)}
              </time>
            </th>
            <td className={`${cell} hidden text-muted @sm:table-cell`}>
              <Figure field="sessions" value={alert.sessions} unit="count" />
            </td>
            <td className={`${cell} font-medium text-bad`}>
              <Figure field="bufferingPerView" value={alert.bufferingPerView} unit="perView" />
            </td>
            <td className={`${cell} text-muted`}>
              <Figure field="usual" value={alert.usual} unit="perView" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function keyOf({ start, device, country }: Alert): string {
  return `${start} ${named(device)} ${named(country)}`;
}
