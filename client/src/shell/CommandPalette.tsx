/** ⌘K: a dialog that finds anything; what it finds is loaded when it is first opened. */
import { lazy, useCallback, useEffect, useRef, useState } from 'react';
import { LazyPart } from '../components/LazyPart';
import { t } from '../i18n/i18n';
import { useOpenPalette } from './openPalette';

const load = () => import('./PaletteSearch');
const PaletteSearch = lazy(load);
/** After the page's own work: what is typed right after ⌘K must not be lost. */
const PRELOAD_MS = 2_000;

export function CommandPalette() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  useOpenPalette(
    useCallback(() => {
      if (!dialog.current?.open) dialog.current?.showModal();
      setIsOpen(true);
    }, []),
  );
  useEffect(() => {
    // Without the server it is loaded when it is opened, and only then is its absence anyone's concern.
    const timer = window.setTimeout(() => { load().catch(() => undefined); }, PRELOAD_MS);
    return () => {
      window.clearTimeout(timer);
    };
  }, []);
  const close = () => { dialog.current?.close(); };
  return (
    <dialog
      ref={dialog}
      aria-label={t('Search')}
      className="m-auto mt-[12vh] w-[min(36rem,calc(100vw-2rem))] rounded-xl border border-line bg-surface p-0 text-ink shadow-2xl backdrop:bg-black/40"
      onClose={() => { setIsOpen(false); }}
      onClick={(event) => { if (event.target === dialog.current) close(); }}
    >
      {isOpen && (
        <LazyPart fallback={<div className="h-12" />}>
          <PaletteSearch onDone={close} />
        </LazyPart>
      )}
    </dialog>
  );
}
