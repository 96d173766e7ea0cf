/** Holds the token, signs in and out, and shows the sign-in page without a token. */
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { asRequestError } from '../api/errors';
import { makeQueryClient } from '../api/queryClient';
import { endSession, exchangeLink } from '../api/transport';
import { LazyPart } from '../components/LazyPart';
import { t } from '../i18n/i18n';
import { SessionContext } from './useSession';
import { notEndedText, refusalText } from './provider';
import { askTabs, maybeSignedIn, shareToken, tellSignedOut } from './tabs';
import { dropToken, forgetSession, hasSession, keepToken, SESSION, takeLink, takeRefusal, takeToken } from './token';

const SignInPage = lazy(async () => ({ default: (await import('./SignInPage')).SignInPage }));

export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [token, setToken] = useState(firstToken);
  const [refusal, setRefusal] = useState(() => {
    const code = takeRefusal(window.location, window.history);
    return code ? refusalText(code) : null;
  });
  // A link wins over the token that the tab had: nothing is asked with that one meanwhile.
  const [isSigningIn, setIsSigningIn] = useState(() => window.location.hash.includes('link='));
  const [isAsking, setIsAsking] = useState(() => token === null && !isSigningIn && maybeSignedIn(window.localStorage));

  const signIn = useCallback((given: string) => {
    keepToken(window.sessionStorage, given);
    setRefusal(null);
    setToken(given);
  }, []);
  const forget = useCallback((reason: string | null) => {
    dropToken(window.sessionStorage);
    setRefusal(reason);
    setToken(null);
  }, []);
  const signOut = useCallback((reason: string | null) => {
    // A refused token ends here; what the reader ends, ends in all tabs.
    if (token !== null && reason === null) {
      tellSignedOut(token, window.localStorage);
      if (token === SESSION) endSession().catch((thrown: unknown) => { setRefusal(notEndedText(asRequestError(thrown).message)); });
    }
    if (token === SESSION) forgetSession(document);
    forget(reason);
  }, [token, forget]);

  useEffect(() => {
    if (!isAsking) return;
    void askTabs().then((found) => {
      if (found) signIn(found);
      setIsAsking(false);
    });
  }, [isAsking, signIn]);
  useEffect(() => (token === null ? undefined : shareToken(token, window.localStorage, () => { forget(null); })), [token, forget]);

  useEffect(() => {
    // Opening another role's link in this tab changes only the fragment, without a reload.
    const takeGiven = () => {
      const link = takeLink(window.location, window.history);
      if (link) {
        setIsSigningIn(true);
        exchangeLink(link).then(signIn, (thrown: unknown) => { forget(asRequestError(thrown).message); }).finally(() => { setIsSigningIn(false); });
      }
      if (!window.location.hash.includes('token=')) return;
      const given = takeToken(window.location, window.history, window.sessionStorage);
      if (given) signIn(given);
    };
    takeGiven();
    window.addEventListener('hashchange', takeGiven);
    return () => {
      window.removeEventListener('hashchange', takeGiven);
    };
  }, [signIn, forget]);

  const session = useMemo(() => (token === null ? null : { token, signOut }), [token, signOut]);
  // A new token gets a new cache and, through the key below, a new page: nothing that one role saw may stay on another's screen.
  const queryClient = useMemo(() => (session ? makeQueryClient(session.signOut) : null), [session]);

  if (isAsking) return null;
  if (isSigningIn) return <p role="status" className="grid min-h-dvh place-items-center text-muted">{t('Signing in')}</p>;
  if (!session || !queryClient) return <LazyPart fallback={null}><SignInPage refusal={refusal} onToken={signIn} /></LazyPart>;
  return (
    <SessionContext value={session}>
      <QueryClientProvider key={session.token} client={queryClient}>{children}</QueryClientProvider>
    </SessionContext>
  );
}

/** What a link or this tab has, or else the session that a provider began. */
function firstToken(): string | null {
  return takeToken(window.location, window.history, window.sessionStorage) ?? (hasSession(document.cookie) ? SESSION : null);
}
