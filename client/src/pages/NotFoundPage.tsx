/** The page for an address that leads nowhere. */
import { Compass } from 'lucide-react';
import { Link } from '../components/Link';
import { PageTitle } from '../components/PageTitle';
import { t } from '../i18n/i18n';
import { openPalette } from '../shell/openPalette';

export function NotFoundPage({ path }: { readonly path: string }) {
  return (
    <div className="flex min-h-[60vh] flex-col items-center justify-center gap-4 text-center">
      <Compass className="size-8 text-muted" aria-hidden />
      <PageTitle title={t('Page not found')} note={t('There is no page at {path}.', { path })} />
      <div className="flex gap-2">
        <Link to="/" className="control primary">{t('Back to the overview')}</Link>
        <button type="button" className="control" onClick={openPalette}>{t('Search')}</button>
      </div>
    </div>
  );
}
