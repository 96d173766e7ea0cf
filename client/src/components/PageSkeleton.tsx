/** A page while its code is loading. */
import { t } from '../i18n/i18n';

export function PageSkeleton() {
  return (
    <div role="status" className="flex animate-pulse flex-col gap-4">
      <span className="sr-only">{t('Loading the page')}</span>
      <div className="h-9 w-48 rounded-lg bg-raised" />
      <div className="card h-80" />
      <div className="grid gap-4 md:grid-cols-2">
        <div className="card h-64" />
        <div className="card h-64" />
      </div>
    </div>
  );
}
