/** The frame of every page: navigation at the side, or in a drawer on narrow screens, and the page beside it. */
import { Menu, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useFiring } from '../alerts/AlertBadge';
import { Logo } from '../components/Logo';
import { t } from '../i18n/i18n';
import { usePath } from '../view/router';
import { OfflineBanner } from './OfflineBanner';
import { Sidebar } from './Sidebar';

export function Shell({ children }: { readonly children: ReactNode }) {
  const path = usePath();
  const main = useFocusOnMove(path);
  return (
    <div className="lg:grid lg:grid-cols-[14.5rem_minmax(0,1fr)] print:block">
      <a
        href="#main"
        className="sr-only z-40 rounded-lg bg-accent font-medium text-on-accent focus:not-sr-only focus:fixed focus:start-4 focus:top-3 focus:px-4 focus:py-2"
      >
        {t('Skip to the content')}
      </a>
      <aside className="sticky top-0 hidden h-dvh border-e border-line bg-surface lg:block">
        <Sidebar />
      </aside>
      <Drawer key={path} />
      <div className="min-w-0">
        <OfflineBanner />
        <main ref={main} id="main" tabIndex={-1} className="mx-auto flex max-w-[96rem] flex-col gap-4 px-4 py-5 outline-none sm:px-6 lg:px-8 print:p-3">
          {children}
        </main>
      </div>
    </div>
  );
}

/** As after a page load: keyboard and screen reader continue in the new page. */
function useFocusOnMove(path: string) {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current !== path) {
      main.current?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
    shown.current = path;
  }, [path]);
  return main;
}

/** The navigation of narrow screens. */
function Drawer() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const firing = useFiring();
  return (
    <header data-screen-only className="sticky top-0 z-20 flex h-14 items-center justify-between border-b border-line bg-surface px-4 sm:px-6 lg:hidden">
      <Logo />
      <button
        type="button"
        className="icon-button relative"
        aria-label={firing > 0 ? t('Open the navigation; alerts that fire: {n}', { n: firing }) : t('Open the navigation')}
        onClick={() => {
          dialog.current?.showModal();
          setIsOpen(true);
        }}
      >
        <Menu className="size-5" aria-hidden />
        {firing > 0 && <span aria-hidden className="absolute end-0.5 top-0.5 size-2.5 rounded-full bg-bad" />}
      </button>
      <dialog
        ref={dialog}
        aria-label={t('Navigation')}
        className="fixed inset-y-0 start-0 m-0 h-dvh max-h-none w-72 border-e border-line bg-surface text-ink backdrop:bg-black/40"
        onClose={() => { setIsOpen(false); }}
        onClick={(event) => {
          if (event.target === dialog.current) dialog.current.close();
        }}
      >
        {isOpen && (
          <>
            <button type="button" className="icon-button absolute end-3 top-3" aria-label={t('Close the navigation')} onClick={() => { dialog.current?.close(); }}>
              <X className="size-5" aria-hidden />
            </button>
            <Sidebar />
          </>
        )}
      </dialog>
    </header>
  );
}
