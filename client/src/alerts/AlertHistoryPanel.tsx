/** What became of an alert: a line for each change of state and for what people did, with what was sent. */
import { History } from 'lucide-react';
import { Panel } from '../components/Panel';
import type { ExploreMeasure } from '../explore/question';
import { format, formatDay, formatInstant } from '../format';
import { addDays } from '../calendar';
import type { AlertEventKind, AlertOutcome, AlertQuery } from '../generated/operations';
import type { OperationResult } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { MEASURES } from '../model';

type AlertEvent = NonNullable<AlertQuery['alert']>['history'][number];
const NONE: AlertEvent[] = [];

interface AlertHistoryPanelProps {
  readonly result: OperationResult<AlertQuery>;
  readonly measure: ExploreMeasure;
  readonly timeZone: string;
}

export function AlertHistoryPanel({ result, measure, timeZone }: AlertHistoryPanelProps) {
  return (
    <Panel
      testId="panel-alert-history"
      title={t('History')}
      note={t('A line for each change of state, newest first')}
      result={result}
      select={({ alert }) => alert?.history ?? NONE}
      empty={t('It was not judged yet: that takes a whole day of data.')}
      EmptyIcon={History}
    >
      {(events) => (
        <ol className="flex flex-col">
          {events.map((event) => (
            <li key={event.id} data-row={event.kind} className="flex flex-col gap-1 border-b border-line py-2.5 text-sm last:border-0">
              <p className="flex flex-wrap items-baseline gap-x-3">
                <span className={`font-medium ${event.kind === 'FIRING' || event.kind === 'FAILED' ? 'text-bad' : event.kind === 'OK' ? 'text-good' : ''}`}>{kindName(event.kind, event.until)}</span>
                <span className="text-xs text-muted">{formatInstant(event.at, timeZone)}</span>
              </p>
              <p className="text-pretty text-muted">{detailOf(event, measure, timeZone)}</p>
              {event.deliveries.map(({ address, outcome, detail, tries }) => (
                <p key={address} className="text-xs wrap-anywhere text-muted" data-field="outcome" data-value={outcome}>
                  {[address, outcomeName(outcome), tries > 1 && t('{n} tries', { n: tries }), detail].filter(Boolean).join(' · ')}
                </p>
              ))}
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function detailOf(event: AlertEvent, measure: ExploreMeasure, timeZone: string): string {
  if (event.madeBy) return event.until ? t('By {subject}, until {at}', { subject: event.madeBy, at: formatInstant(event.until, timeZone) }) : t('By {subject}', { subject: event.madeBy });
  if (event.note) return event.note;
  const { unit } = MEASURES[measure];
  const { value, before, low, high, from, to } = event;
  const days = from && to ? (addDays(from, 1) === to ? formatDay(from) : `${formatDay(from)} – ${formatDay(addDays(to, -1))}`) : '';
  const bounds = [low !== null && t('at least {value}', { value: format(low, unit) }), high !== null && t('at most {value}', { value: format(high, unit) })].filter(Boolean).join(', ');
  return [
    days,
    format(value, unit),
    before !== null && t('{value} before', { value: format(before, unit) }),
    bounds && t('quiet: {bounds}', { bounds }),
  ].filter(Boolean).join(' · ');
}

function kindName(kind: AlertEventKind, until: string | null): string {
  const names: Record<AlertEventKind, string> = {
    OK: t('Quiet'),
    FIRING: t('Fires'),
    FAILED: t('Can’t be asked'),
    ACKNOWLEDGED: t('Acknowledged'),
    SILENCED: until ? t('Silenced') : t('Silence ended'),
  };
  return names[kind];
}

function outcomeName(outcome: AlertOutcome): string {
  const names: Record<AlertOutcome, string> = {
    SENDING: t('interrupted, not repeated'),
    SENT: t('sent'),
    FAILED: t('failed'),
    REFUSED: t('refused'),
  };
  return names[outcome];
}
