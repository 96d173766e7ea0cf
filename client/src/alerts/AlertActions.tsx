/** What can be done about an alert: acknowledge its state, and send nothing for a time. */
import { BellOff, BellRing, Check } from 'lucide-react';
import { AcknowledgeAlertDocument, SilenceAlertDocument } from '../generated/operations';
import { useMutationOperation } from '../hooks/useMutationOperation';
import { t } from '../i18n/i18n';
import { Popover } from '../menus/Popover';
import type { Alert } from './alert';

const HOUR_MS = 3_600_000;
const SILENCES = [1, 8, 24, 168] as const;

export function AlertActions({ alert }: { readonly alert: Pick<Alert, 'id' | 'title' | 'state' | 'isAcknowledged' | 'silencedUntil'> }) {
  const acknowledge = useMutationOperation(AcknowledgeAlertDocument);
  const silence = useMutationOperation(SilenceAlertDocument);
  const { id, title, state, isAcknowledged, silencedUntil } = alert;
  const error = acknowledge.error ?? silence.error;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {state !== null && state !== 'OK' && !isAcknowledged && (
        <button type="button" className="control" aria-label={t('Acknowledge {title}', { title })} disabled={acknowledge.isPending} onClick={() => { acknowledge.mutate({ input: { id } }); }}>
          <Check className="size-4 text-muted" aria-hidden />
          {t('Acknowledge')}
        </button>
      )}
      {silencedUntil === null ? (
        <Popover label={t('Silence {title}', { title })} align="end" button={<><BellOff className="size-4 text-muted" aria-hidden />{t('Silence')}</>}>
          {(close) => SILENCES.map((hours) => (
            <button key={hours} type="button" className="menu-item" onClick={() => { silence.mutate({ input: { id, until: until(hours) } }); close(); }}>
              {silenceName(hours)}
            </button>
          ))}
        </Popover>
      ) : (
        <button type="button" className="control" aria-label={t('End the silence of {title}', { title })} disabled={silence.isPending} onClick={() => { silence.mutate({ input: { id } }); }}>
          <BellRing className="size-4 text-muted" aria-hidden />
          {t('End the silence')}
        </button>
      )}
      {error && <p role="alert" className="text-xs text-bad">{error.message}</p>}
    </div>
  );
}

function until(hours: number): string {
  return new Date(Date.now() + hours * HOUR_MS).toISOString();
}

function silenceName(hours: number): string {
  if (hours === 1) return t('For an hour');
  return hours < 48 ? t('For {n} hours', { n: hours }) : t('For {n} days', { n: hours / 24 });
}
