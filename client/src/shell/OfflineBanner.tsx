/** One banner while the server is away. The figures on the page stay, and are asked for again. */
import { useQueryClient } from '@tanstack/react-query';
import { CloudOff, RotateCw } from 'lucide-react';
import { useEffect } from 'react';
import { useIsAway } from '../api/connection';
import { t } from '../i18n/i18n';

const RETRY_MS = 5_000;

export function OfflineBanner() {
  const isAway = useIsAway();
  const queries = useQueryClient();
  useEffect(() => {
    if (!isAway) return;
    const timer = window.setInterval(() => void queries.refetchQueries({ type: 'active' }), RETRY_MS);
    return () => {
      window.clearInterval(timer);
    };
  }, [isAway, queries]);
  if (!isAway) return null;
  return (
    <div role="alert" data-testid="offline" className="sticky top-0 z-20 flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-gold-soft px-4 py-2 text-sm sm:px-6 lg:px-8">
      <CloudOff className="size-4 shrink-0 text-gold" aria-hidden />
      <span className="min-w-0 grow">{t('The server is away. You see the last figures it gave; the page goes on asking.')}</span>
      <button type="button" className="control" onClick={() => void queries.refetchQueries({ type: 'active' })}>
        <RotateCw className="size-4" aria-hidden />
        {t('Retry now')}
      </button>
    </div>
  );
}
