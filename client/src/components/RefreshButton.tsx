/** Refetches everything on the page. */
import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { RefreshCw } from 'lucide-react';
import { t } from '../i18n/i18n';

export function RefreshButton() {
  const queries = useQueryClient();
  const isFetching = useIsFetching() > 0;
  return (
    <button type="button" data-testid="refresh" className="control" onClick={() => void queries.invalidateQueries()}>
      <RefreshCw className={`size-4 text-muted ${isFetching ? 'animate-spin' : ''}`} aria-hidden />
      {t('Refresh')}
    </button>
  );
}
