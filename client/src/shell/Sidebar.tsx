/** Logo, search, the pages in their groups, and who is signed in. */
import { Search } from 'lucide-react';
import { AlertBadge } from '../alerts/AlertBadge';
import { Link } from '../components/Link';
import { DataQualityDocument } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { Logo } from '../components/Logo';
import { t } from '../i18n/i18n';
import { mayQueryAllRows, useViewer } from '../session/viewer';
import { isAt, type PageEntry, pageGroups } from '../view/pages';
import { usePath, useSearch } from '../view/router';
import { viewOnly } from '../view/view';
import { openPalette } from './openPalette';
import { UserMenu } from './UserMenu';
import { PREFIX } from '../prefix';

const NEWEST_LOADS = 20;
const REFETCH_MS = 60_000;
const LINK =
  'flex h-8 items-center gap-2.5 rounded-md px-2 text-sm font-medium text-muted transition-colors hover:bg-raised hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent';

export function Sidebar() {
  return (
    <div className="flex h-full flex-col gap-4 overflow-y-auto p-3">
      <div className="px-2 pt-2">
        <Logo />
      </div>
      <button type="button" className="control w-full justify-between text-muted" onClick={openPalette}>
        <span className="inline-flex items-center gap-2 font-normal">
          <Search className="size-4" aria-hidden />
          {t('Search')}
        </span>
        <kbd className="rounded border border-line px-1 font-sans text-xs">{shortcut()}</kbd>
      </button>
      <Navigation />
      <div className="mt-auto">
        <UserMenu />
      </div>
    </div>
  );
}

function Navigation() {
  const viewer = useViewer();
  return (
    <nav aria-label={t('Pages')} className="flex flex-col gap-4">
      {pageGroups().map(({ label, pages }) => {
        const open = pages.filter(({ needs }) => !needs || viewer?.permissions.includes(needs));
        if (open.length === 0) return null;
        return (
          <div key={label} className="flex flex-col gap-0.5">
            <p className="px-2 pb-1 text-xs text-muted">{label}</p>
            {open.map((page) => (
              <PageLink key={page.path} page={page} />
            ))}
          </div>
        );
      })}
    </nav>
  );
}

function PageLink({ page }: { readonly page: PageEntry }) {
  const path = usePath();
  const search = useSearch();
  const content = (
    <>
      <page.Icon className="size-4 shrink-0" aria-hidden />
      <span className="grow">{page.label}</span>
      {page.path === '/data' && <DataBadge />}
      {page.path === '/alerts' && <AlertBadge />}
    </>
  );
  if (page.isDocument) return <a href={PREFIX + page.path} className={LINK}>{content}</a>;
  return (
    <Link to={page.path + viewOnly(search)} current={isAt(page, path)} className={LINK}>
      {content}
    </Link>
  );
}

/** How many of the newest loads failed a check. */
function DataBadge() {
  const isAllowed = mayQueryAllRows(useViewer(), 'dataQuality');
  const result = useOperation(DataQualityDocument, isAllowed ? { first: NEWEST_LOADS, status: ['FAIL'] } : null, REFETCH_MS);
  const failed = result.data?.data.dataQuality.length ?? 0;
  if (failed === 0) return null;
  return (
    <span data-testid="data-badge" title={t('Loads with a failed check')} className="rounded-full bg-bad-soft px-1.5 text-xs font-semibold text-bad">
      {failed}
      <span className="sr-only"> {t('Loads with a failed check')}</span>
    </span>
  );
}

function shortcut(): string {
  return navigator.platform.startsWith('Mac') ? '⌘K' : t('Ctrl K');
}
