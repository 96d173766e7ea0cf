/** What admins published, each with a button that ends it. */
import { Ban } from 'lucide-react';
import { useState } from 'react';
import { ErrorNotice } from '../components/Notice';
import { formatInstant } from '../format';
import { PublishedOperationsDocument, type PublishedOperationsQuery, UnpublishOperationDocument } from '../generated/operations';
import { useMutationOperation } from '../hooks/useMutationOperation';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';

type Operation = PublishedOperationsQuery['publishedOperations'][number];

export function PublishedList() {
  const result = useOperation(PublishedOperationsDocument, {});
  const unpublish = useMutationOperation(UnpublishOperationDocument);
  const saved = result.data?.data.publishedOperations.filter(({ isBuiltIn }) => !isBuiltIn);
  return (
    <section aria-label={t('Published by admins')} className="flex flex-col gap-1 border-t border-line pt-4 text-sm">
      <h3 className="font-medium">{t('Published by admins')}</h3>
      {result.error && <ErrorNotice error={result.error} onRetry={() => void result.refetch()} />}
      {unpublish.error && <p role="alert" className="text-bad">{unpublish.error.message}</p>}
      {saved?.length === 0 && <p className="text-muted">{t('Nothing yet.')}</p>}
      {saved && saved.length > 0 && (
        <ul aria-label={t('Published by admins')} className="flex flex-col">
          {saved.map((one) => (
            <Entry key={one.id} operation={one} onUnpublish={() => { unpublish.mutate({ input: { name: one.name } }); }} />
          ))}
        </ul>
      )}
    </section>
  );
}

interface EntryProps {
  readonly operation: Operation;
  readonly onUnpublish: () => void;
}

/** Unpublishing asks for confirmation, because clients may run the operation. */
function Entry({ operation, onUnpublish }: EntryProps) {
  const [isAsking, setIsAsking] = useState(false);
  const { name, description, owner, publishedAt } = operation;
  const by = { owner: owner ?? '', at: publishedAt ? formatInstant(publishedAt, 'UTC') : '' };
  return (
    <li data-row={name} className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line py-2.5 last:border-0">
      <div className="min-w-0 grow basis-48">
        <p className="font-mono wrap-anywhere">{name}</p>
        {description && <p className="text-xs text-pretty wrap-anywhere">{description}</p>}
        <p className="text-xs wrap-anywhere text-muted">{t('By {owner}, {at}', by)}</p>
      </div>
      {isAsking ? (
        <span className="flex flex-wrap gap-2">
          <button type="button" autoFocus className="control border-bad text-bad" onClick={() => { setIsAsking(false); onUnpublish(); }}>
            {t('Unpublish it now')}
          </button>
          <button type="button" className="control" onClick={() => { setIsAsking(false); }}>{t('Keep it')}</button>
        </span>
      ) : (
        <button type="button" className="control" aria-label={t('Unpublish {name}', { name })} onClick={() => { setIsAsking(true); }}>
          <Ban className="size-4" aria-hidden />
          {t('Unpublish')}
        </button>
      )}
    </li>
  );
}
