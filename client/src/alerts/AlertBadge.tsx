/** How many alerts fire that nobody has acknowledged or silenced; nothing while there is none. */
import { AlertsDocument } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { useViewer } from '../session/viewer';

const REFETCH_MS = 30_000;

export function useFiring(): number {
  const isAllowed = useViewer()?.permissions.includes('alerts') ?? false;
  const result = useOperation(AlertsDocument, isAllowed ? {} : null, REFETCH_MS);
  // Null where the server refused it.
  const alerts: readonly { readonly state: string | null; readonly isAcknowledged: boolean; readonly silencedUntil: string | null }[] = result.data?.data.alerts ?? [];
  return alerts.filter(({ state, isAcknowledged, silencedUntil }) => state === 'FIRING' && !isAcknowledged && silencedUntil === null).length;
}

export function AlertBadge() {
  const firing = useFiring();
  if (firing === 0) return null;
  return (
    <span data-testid="alert-badge" title={t('Alerts that fire')} className="rounded-full bg-bad-soft px-1.5 text-xs font-semibold text-bad">
      {firing}
      <span className="sr-only"> {t('Alerts that fire')}</span>
    </span>
  );
}
