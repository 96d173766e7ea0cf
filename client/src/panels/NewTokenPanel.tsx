/** The form that makes a token, or a link that signs in once; what was made is shown until the next one is. */
import { KeyRound } from 'lucide-react';
import { type ReactNode, type SubmitEvent, useState } from 'react';
import { CopyText } from '../components/CopyText';
import { ErrorNotice } from '../components/Notice';
import { PanelFrame } from '../components/Panel';
import { SegmentedControl } from '../components/SegmentedControl';
import { CreateSignInLinkDocument, CreateTokenDocument, type Role } from '../generated/operations';
import { useMutationOperation } from '../hooks/useMutationOperation';
import { t } from '../i18n/i18n';
import { PREFIX } from '../prefix';

type Made = 'link' | 'token';
type ScopeName = 'country' | 'genre' | 'subscription';

interface Form {
  readonly kind: Made;
  readonly subject: string;
  readonly role: Role;
  readonly scopeName: ScopeName | '';
  readonly scopeValues: string;
  readonly ttl: string;
}

const EMPTY: Form = { kind: 'link', subject: '', role: 'ANALYST', scopeName: '', scopeValues: '', ttl: '8h' };
const ROLES: readonly Role[] = ['VIEWER', 'ANALYST', 'ADMIN', 'INGEST'];

export function NewTokenPanel() {
  const [form, setForm] = useState(EMPTY);
  const token = useMutationOperation(CreateTokenDocument);
  const link = useMutationOperation(CreateSignInLinkDocument);
  const used = form.kind === 'link' ? link : token;
  const path = link.data?.data.createSignInLink.signInLink?.path;
  const made = token.data?.data.createToken.token?.token;
  const roles = form.kind === 'link' ? ROLES.filter((role) => role !== 'INGEST') : ROLES;

  function change(part: Partial<Form>) {
    setForm({ ...form, ...part });
  }
  function make() {
    const { subject, role, ttl } = form;
    const input = { subject: subject.trim(), role, ttl, ...(scopeOf(form) && { scope: scopeOf(form) }) };
    token.reset();
    link.reset();
    if (form.kind === 'link') link.mutate({ input });
    else token.mutate({ input });
  }
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (form.subject.trim()) make();
  }

  return (
    <PanelFrame testId="panel-new-token" title={t('New token')} note={t('It sees no more than you do, and is shown only once')}>
      <form className="flex flex-col gap-3" onSubmit={submit}>
        <div>
          <SegmentedControl
            label={t('What to make')}
            options={[{ value: 'link', label: t('Link to sign in') }, { value: 'token', label: t('Token') }]}
            value={form.kind}
            onChange={(kind) => { change({ kind, role: kind === 'link' && form.role === 'INGEST' ? 'ANALYST' : form.role }); }}
          />
        </div>
        <Field label={t('For whom')}>
          <input type="text" required maxLength={256} autoComplete="off" className="control" placeholder="ada@example.com" value={form.subject} onChange={(event) => { change({ subject: event.target.value }); }} />
        </Field>
        <Field label={t('Role')}>
          <select className="control" value={form.role} onChange={(event) => { change({ role: event.target.value as Role }); }}>
            {roles.map((role) => <option key={role} value={role}>{roleName(role)}</option>)}
          </select>
        </Field>
        {form.role !== 'INGEST' && (
          <Field label={t('Rows')}>
            <select className="control" value={form.scopeName} onChange={(event) => { change({ scopeName: event.target.value as Form['scopeName'] }); }}>
              <option value="">{t('All that you see')}</option>
              <option value="country">{t('Only countries')}</option>
              <option value="genre">{t('Only genres')}</option>
              <option value="subscription">{t('Only plans')}</option>
            </select>
          </Field>
        )}
        {form.role !== 'INGEST' && form.scopeName && (
          <Field label={t('Which, separated by commas')}>
            <input type="text" required className="control" placeholder={form.scopeName === 'country' ? 'DE, AT, CH' : ''} value={form.scopeValues} onChange={(event) => { change({ scopeValues: event.target.value }); }} />
          </Field>
        )}
        <Field label={t('Signed in for')}>
          <select className="control" value={form.ttl} onChange={(event) => { change({ ttl: event.target.value }); }}>
            <option value="1h">{t('{n} hour', { n: 1 })}</option>
            <option value="8h">{t('{n} hours', { n: 8 })}</option>
            <option value="7d">{t('{n} days', { n: 7 })}</option>
            <option value="90d">{t('{n} days', { n: 90 })}</option>
          </select>
        </Field>
        <button type="submit" disabled={used.isPending} className="inline-flex h-9 items-center justify-center gap-2 rounded-lg bg-accent font-medium text-on-accent transition-opacity hover:opacity-90 disabled:opacity-60">
          <KeyRound className="size-4" aria-hidden />
          {form.kind === 'link' ? t('Make the link') : t('Make the token')}
        </button>
      </form>
      {used.isError && <ErrorNotice error={used.error} onRetry={make} />}
      {path && (
        <CopyText testId="made-link" label={t('Link that signs in once')} text={`${window.location.origin}${PREFIX}${path}`}>
          {t('It can be used once, within an hour.')}
        </CopyText>
      )}
      {made && (
        <CopyText testId="made-token" label={t('Token')} text={made}>
          {form.role !== 'INGEST' && (
            <a className="text-accent underline" target="_blank" rel="noopener" href={`${PREFIX}/#token=${made}`}>{t('See what it sees, in a new tab')}</a>
          )}
        </CopyText>
      )}
    </PanelFrame>
  );
}

function scopeOf({ role, scopeName, scopeValues }: Form): Partial<Record<ScopeName, string[]>> | null {
  const values = scopeValues.split(',').map((value) => value.trim()).filter(Boolean);
  return scopeName && role !== 'INGEST' && values.length > 0 ? { [scopeName]: values } : null;
}

function roleName(role: Role): string {
  const names: Partial<Record<Role, string>> = { VIEWER: t('Viewer'), ANALYST: t('Analyst'), ADMIN: t('Admin'), INGEST: t('Sends rows only') };
  return names[role] ?? role;
}

function Field({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <label className="flex flex-col gap-1 text-xs text-muted">
      {label}
      {children}
    </label>
  );
}
