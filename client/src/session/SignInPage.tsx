/** The sign-in page: why it is shown, where to get a token, and a field to paste one. */
import { KeyRound, LogIn, TriangleAlert } from 'lucide-react';
import { type SubmitEvent, useEffect, useId, useState } from 'react';
import { Logo } from '../components/Logo';
import { t } from '../i18n/i18n';
import { PROVIDER, signInAddress } from './provider';
import { cleanToken } from './signInLink';

interface SignInPageProps {
  /** The server's message, if it refused a token. */
  readonly refusal: string | null;
  readonly onToken: (token: string) => void;
}

export function SignInPage({ refusal, onToken }: SignInPageProps) {
  const fieldId = useId();
  const hintId = useId();
  const [pasted, setPasted] = useState('');
  const token = cleanToken(pasted);

  useEffect(() => {
    document.title = `${t('Sign in with a token')} · Marquee`;
  }, []);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (token) onToken(token);
  }

  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="flex w-full max-w-md flex-col gap-6">
        <Logo />
        <div className="flex flex-col gap-5 rounded-2xl border border-line bg-surface p-6 shadow-sm sm:p-8">
          <div>
            <h1 className="text-xl font-semibold tracking-tight">{PROVIDER ? t('Sign in') : t('Sign in with a token')}</h1>
            <p className="mt-1 text-sm text-pretty text-muted">
              {PROVIDER ? t('What you see depends on your role.') : t('What you see depends on your role, and your token carries that role.')}
            </p>
          </div>
          {refusal && (
            <p role="alert" className="flex gap-2 rounded-lg bg-bad-soft p-3 text-sm">
              <TriangleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
              <span className="min-w-0 wrap-anywhere">{refusal}</span>
            </p>
          )}
          {PROVIDER && (
            <>
              <a href={signInAddress(window.location)} className="inline-flex h-10 items-center justify-center gap-2 rounded-lg bg-accent font-medium text-on-accent transition-opacity hover:opacity-90">
                <LogIn className="size-4" aria-hidden />
                {t('Sign in with {provider}', { provider: PROVIDER })}
              </a>
              <p className="flex items-center gap-3 text-xs text-muted before:h-px before:grow before:bg-line after:h-px after:grow after:bg-line">{t('or with a token')}</p>
            </>
          )}
          <form onSubmit={submit} className="flex flex-col gap-3">
            <label htmlFor={fieldId} className="text-sm font-medium">
              {t('Token')}
            </label>
            <textarea
              id={fieldId}
              aria-describedby={hintId}
              rows={3}
              spellCheck={false}
              autoComplete="off"
              value={pasted}
              placeholder="eyJhbGciOi…"
              className="resize-none rounded-lg border border-line-strong bg-page p-3 font-mono text-xs break-all placeholder:text-muted"
              onChange={(event) => {
                setPasted(event.target.value);
              }}
            />
            <button
              type="submit"
              disabled={!token}
              className={PROVIDER ? 'control h-10 justify-center disabled:opacity-60' : 'inline-flex h-10 items-center justify-center gap-2 rounded-lg bg-accent font-medium text-on-accent transition-opacity hover:opacity-90 disabled:opacity-60'}
            >
              <KeyRound className="size-4" aria-hidden />
              {t('Open the dashboard')}
            </button>
          </form>
          <div id={hintId} className="border-t border-line pt-4 text-sm text-muted">
            {t('No token yet? Ask your server administrator for a link that signs you in, or make one on the server:')}
            <code className="mt-2 block overflow-x-auto rounded-lg bg-raised px-3 py-2 font-mono text-xs text-ink">
              marquee token link --role analyst
            </code>
          </div>
        </div>
        <p className="text-xs text-muted">{t('The token is shared with new tabs of this browser, and forgotten when the last one closes or signs out.')}</p>
      </div>
    </main>
  );
}
