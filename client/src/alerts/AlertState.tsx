/** Where an alert stands: a colour, an icon and words. */
import { BellOff, BellRing, CircleAlert, CircleCheck, CircleDashed, type LucideIcon } from 'lucide-react';
import { t } from '../i18n/i18n';
import type { Alert } from './alert';

export function AlertState({ alert }: { readonly alert: Pick<Alert, 'state' | 'isAcknowledged' | 'silencedUntil'> }) {
  const { Icon, tone, label } = lookOf(alert);
  return (
    <span className={`inline-flex items-center gap-1.5 text-sm font-medium whitespace-nowrap ${tone}`} data-field="state" data-value={alert.state ?? ''}>
      <Icon className="size-4 shrink-0" aria-hidden />
      {label}
    </span>
  );
}

interface Look {
  readonly Icon: LucideIcon;
  readonly tone: string;
  readonly label: string;
}

function lookOf({ state, isAcknowledged, silencedUntil }: Pick<Alert, 'state' | 'isAcknowledged' | 'silencedUntil'>): Look {
  if (state === 'FIRING' && silencedUntil !== null) return { Icon: BellOff, tone: 'text-gold', label: t('Fires, silenced') };
  if (state === 'FIRING') return { Icon: BellRing, tone: isAcknowledged ? 'text-gold' : 'text-bad', label: isAcknowledged ? t('Fires, acknowledged') : t('Fires') };
  if (state === 'FAILED') return { Icon: CircleAlert, tone: 'text-bad', label: t('Can’t be asked') };
  if (state === 'OK') return { Icon: silencedUntil === null ? CircleCheck : BellOff, tone: 'text-good', label: silencedUntil === null ? t('Quiet') : t('Quiet, silenced') };
  return { Icon: CircleDashed, tone: 'text-muted', label: t('Not judged yet') };
}
