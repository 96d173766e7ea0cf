/** Makes a token for one panel, and the snippet that shows it in another site's page. The token runs this question alone. */
import { type SubmitEvent, useId, useState } from 'react';
import { CopyText } from '../components/CopyText';
import { CreateEmbedTokenDocument } from '../generated/operations';
import { useMutationOperation } from '../hooks/useMutationOperation';
import { t } from '../i18n/i18n';
import { PREFIX } from '../prefix';
import { embedSnippet } from './embedSnippet';

interface EmbedDialogProps {
  readonly title: string;
  readonly operation: string;
  readonly variables: object;
}

export function EmbedDialog({ title, operation, variables }: EmbedDialogProps) {
  const originId = useId();
  const lifetimeId = useId();
  const [origin, setOrigin] = useState('');
  const [ttl, setTtl] = useState('7d');
  const make = useMutationOperation(CreateEmbedTokenDocument);
  const token = make.data?.data.createEmbedToken.embedToken?.token;
  const fixed = Object.fromEntries(Object.entries(variables).filter(([, value]) => value != null));

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    make.mutate({ input: { operations: [operation], variables: fixed, origin: origin.trim() || null, ttl, reusable: true } });
  }

  return (
    <form className="flex w-72 max-w-[calc(100vw-4rem)] flex-col gap-2 p-2.5 text-xs" onSubmit={submit}>
      <p className="text-sm font-medium">{t('Embed {title}', { title })}</p>
      <p className="text-pretty text-muted">{t('Everyone who can open the page sees this panel as you see it now, until the token expires.')}</p>
      <label htmlFor={originId} className="text-muted">{t('Site that shows it')}</label>
      <input id={originId} type="url" className="control" placeholder="https://www.example.com" value={origin} onChange={(event) => { setOrigin(event.target.value); }} />
      <label htmlFor={lifetimeId} className="text-muted">{t('Shown for')}</label>
      <select id={lifetimeId} className="control" value={ttl} onChange={(event) => { setTtl(event.target.value); }}>
        <option value="1h">{t('{n} hour', { n: 1 })}</option>
        <option value="1d">{t('{n} hours', { n: 24 })}</option>
        <option value="7d">{t('{n} days', { n: 7 })}</option>
        <option value="30d">{t('{n} days', { n: 30 })}</option>
      </select>
      <button type="submit" className="control justify-center" disabled={make.isPending}>{t('Make the snippet')}</button>
      {make.error && <p role="alert" className="text-bad">{make.error.message}</p>}
      {token && <CopyText testId="embed-snippet" label={t('Snippet for the page')} text={embedSnippet(`${window.location.origin}${PREFIX}`, operation, token, title)} />}
    </form>
  );
}
