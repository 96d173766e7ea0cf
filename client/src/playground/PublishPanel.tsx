/** What the editor has, under which name and address it will run, and what the server says of it. */
import { useGraphiQL } from '@graphiql/react';
import { useState } from 'react';
import { CopyText } from '../components/CopyText';
import { PublishOperationDocument } from '../generated/operations';
import { useMutationOperation } from '../hooks/useMutationOperation';
import { t } from '../i18n/i18n';
import { PREFIX } from '../prefix';
import { operationNameOf } from './operationName';

export function PublishPanel() {
  const editor = useGraphiQL((state) => state.queryEditor);
  // It can't be edited below the dialog.
  const [document] = useState(() => editor?.getValue() ?? '');
  const publish = useMutationOperation(PublishOperationDocument);
  const name = operationNameOf(document);
  const published = publish.data?.data.publishOperation.operation;
  return (
    <section aria-label={t('The operation of the editor')} className="flex flex-col gap-3 text-sm">
      <p className="text-pretty text-muted">
        {t('Everyone with a token can run it, by its name or its documentId, and sees what their own role may see. Later changes in the editor do not change it.')}
      </p>
      {name ? <Place name={name} /> : <p className="text-pretty">{t('The editor needs exactly one operation, with a name: query TopDramas { ... }')}</p>}
      {!published && (
        <button
          type="button"
          className="control self-start wrap-anywhere"
          disabled={!name || publish.isPending}
          onClick={() => { publish.mutate({ input: { document } }); }}
        >
          {t('Publish {name}', { name: name ?? '' })}
        </button>
      )}
      {publish.error && <p role="alert" className="whitespace-pre-line wrap-anywhere text-bad">{publish.error.message}</p>}
      {published && <CopyText label={t('Published. Its documentId:')} testId="document-id" text={published.documentId} />}
    </section>
  );
}

function Place({ name }: { readonly name: string }) {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
      <dt className="text-muted">{t('Name')}</dt>
      <dd className="font-mono wrap-anywhere" data-field="name">{name}</dd>
      <dt className="text-muted">{t('Address')}</dt>
      <dd className="font-mono wrap-anywhere" data-field="address">{`${PREFIX}/api/${name}`}</dd>
    </dl>
  );
}
