/** Publishes the editor's operation; for admins of all rows, because everybody can run what is published. */
import { ToolbarButton } from '@graphiql/react';
import { Megaphone, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { t } from '../i18n/i18n';
import { mayQueryAllRows, useViewer } from '../session/viewer';
import { PublishPanel } from './PublishPanel';
import { PublishedList } from './PublishedList';

export function PublishButton() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const viewer = useViewer();
  if (!mayQueryAllRows(viewer, 'publishOperation')) return null;
  const close = () => { dialog.current?.close(); };
  return (
    <>
      <ToolbarButton
        label={t('Publish')}
        onClick={() => {
          dialog.current?.showModal();
          setIsOpen(true);
        }}
      >
        <Megaphone className="graphiql-toolbar-icon" aria-hidden />
      </ToolbarButton>
      {/* Outside of GraphiQL, whose styles are of its own buttons. */}
      {createPortal(
        <dialog
          ref={dialog}
          aria-label={t('Publish an operation')}
          className="m-auto max-h-[85dvh] w-[min(36rem,calc(100vw-2rem))] overflow-y-auto rounded-xl border border-line bg-surface p-0 text-ink shadow-2xl backdrop:bg-black/40"
          onClose={() => { setIsOpen(false); }}
          onClick={(event) => { if (event.target === dialog.current) close(); }}
        >
          {isOpen && (
            <div className="flex flex-col gap-5 p-5">
              <header className="flex items-start justify-between gap-4">
                <h2 className="text-lg font-semibold">{t('Publish an operation')}</h2>
                <button type="button" className="icon-button -me-2 -mt-1 shrink-0" aria-label={t('Close')} onClick={close}>
                  <X className="size-5" aria-hidden />
                </button>
              </header>
              <PublishPanel />
              <PublishedList />
            </div>
          )}
        </dialog>,
        document.body,
      )}
    </>
  );
}
