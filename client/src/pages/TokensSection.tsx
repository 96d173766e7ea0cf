/** Who may sign in: makes tokens and links that sign in once, lists those that count, and revokes them. */
import { Ban, KeyRound } from 'lucide-react';
import { useState } from 'react';
import { ErrorNotice } from '../components/Notice';
import { Panel } from '../components/Panel';
import { formatInstant } from '../format';
import { RevokeTokenDocument, TokensDocument, type TokensQuery } from '../generated/operations';
import { useMutationOperation } from '../hooks/useMutationOperation';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { NewTokenPanel } from '../panels/NewTokenPanel';
import { useView } from '../view/useView';

type Token = TokensQuery['tokens'][number];

const REFETCH_MS = 30_000;
const NONE: Token[] = [];

export function TokensSection() {
  const result = useOperation(TokensDocument, {}, REFETCH_MS);
  const { view } = useView();
  const revoke = useMutationOperation(RevokeTokenDocument);
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[22rem_1fr]">
      <NewTokenPanel />
      <Panel
        testId="panel-tokens"
        title={t('Active tokens')}
        note={t('Made here, by this server or another of the same warehouse; those of the command line are not known')}
        result={result}
        select={({ tokens }) => (tokens.length > 0 ? tokens : NONE)}
        empty={t('No active token was made here.')}
        EmptyIcon={KeyRound}
      >
        {(tokens) => (
          <>
            {revoke.isError && <ErrorNotice error={revoke.error} onRetry={() => { revoke.reset(); }} />}
            <ul aria-label={t('Active tokens')} className="flex flex-col">
              {tokens.map((token) => (
                <Entry key={token.id} token={token} timeZone={view.timeZone} onRevoke={() => { revoke.mutate({ id: token.id }); }} />
              ))}
            </ul>
          </>
        )}
      </Panel>
    </div>
  );
}

interface EntryProps {
  readonly token: Token;
  readonly timeZone: string;
  readonly onRevoke: () => void;
}

/** Revoking asks for confirmation, because everyone who uses the token is signed out at once. */
function Entry({ token, timeZone, onRevoke }: EntryProps) {
  const [isAsking, setIsAsking] = useState(false);
  const { id, subject, role, scope, operations, issuedBy, issuedAt, expiresAt, isRevoked } = token;
  const limits = [role.toLowerCase(), ...scope, ...operations].join(' · ');
  return (
    <li data-row={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2.5 last:border-0">
      <div className="min-w-0 grow basis-60">
        <p className={`text-sm font-medium wrap-anywhere ${isRevoked ? 'text-muted line-through' : ''}`}>
          <span data-field="subject">{subject}</span>
          <span className="ms-2 rounded bg-raised px-1.5 py-0.5 text-xs font-normal text-muted" data-field="kind">{kindName(token.kind)}</span>
        </p>
        <p className="text-xs wrap-anywhere text-muted" data-field="limits">{limits}</p>
        <p className="text-xs text-pretty text-muted">
          {t('Made {at} by {by}, until {until}', { at: formatInstant(issuedAt, timeZone), by: issuedBy, until: formatInstant(expiresAt, timeZone) })}
        </p>
      </div>
      {isRevoked && <span className="text-xs text-muted" data-field="state">{token.kind === 'LINK' ? t('Used or revoked') : t('Revoked')}</span>}
      {!isRevoked && !isAsking && (
        <button type="button" className="control" aria-label={t('Revoke the token of {subject}', { subject })} onClick={() => { setIsAsking(true); }}>
          <Ban className="size-4" aria-hidden />
          {t('Revoke')}
        </button>
      )}
      {!isRevoked && isAsking && (
        <span className="flex flex-wrap gap-2">
          <button type="button" autoFocus className="control border-bad text-bad" onClick={() => { setIsAsking(false); onRevoke(); }}>
            {t('Revoke it now')}
          </button>
          <button type="button" className="control" onClick={() => { setIsAsking(false); }}>{t('Keep it')}</button>
        </span>
      )}
    </li>
  );
}

function kindName(kind: Token['kind']): string {
  const names: Record<Token['kind'], string> = {
    TOKEN: t('Token'),
    LINK: t('Link'),
    SESSION: t('Signed in by a link'),
    EMBED: t('Embed'),
  };
  return names[kind];
}
