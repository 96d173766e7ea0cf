/** Holds the token, signs in and out, and shows the sign-in page without a token. */
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { asRequestError } from '../api/errors';
import { makeQueryClient } from '../api/queryClient';
import { endSession } from '../api/transport';
import { LazyPart } from '../components/LazyPart';
import { t } from '../i18n/i18n';
import { SessionContext } from './useSession';
import { notEndedText, refusalText } from './provider';
import { askTabs, maybeSignedIn, shareToken, tellSignedOut } from './tabs';
import { dropToken, forgetSession, isSession, keepToken, keptToken, sessionIn, takeFromFragment, takeRefusal } from './token';

const SignInPage = lazy(async () => ({ default: (await import('./SignInPage')).SignInPage }));

export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [token, setToken] = useState(heldToken);
  const [refusal, setRefusal] = useState(() => {
    const code = takeRefusal(window.location, window.history);
    return code ? refusalText(code) : null;
  });
  // Nothing is asked with the token that the tab had until it is known who is signed in.
  const [isSigningIn, setIsSigningIn] = useState(isSignInLink);
  const [isAsking, setIsAsking] = useState(() => token === null && !isSigningIn && maybeSignedIn(window.localStorage));

  // The token that a link's has replaced without a question, as one of the same person: nobody has checked that yet.
  const [replaced, setReplaced] = useState<string | null>(null);
  const signIn = useCallback((given: string, instead: string | null = null) => {
    setReplaced(instead);
    if (isSession(given)) dropToken(window.sessionStorage);
    else keepToken(window.sessionStorage, given);
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
      if (isSession(token)) endSession(token).catch((thrown: unknown) => { setRefusal(notEndedText(asRequestError(thrown).message)); });
    }
    if (token !== null && isSession(token)) forgetSession(token, document);
    const instead = reason === null ? null : (replaced ?? otherSession(token));
    if (instead !== null) signIn(instead);
    else forget(reason);
  }, [token, replaced, signIn, forget]);

  useEffect(() => {
    if (!isAsking) return;
    void askTabs().then((found) => {
      if (found) signIn(found);
      setIsAsking(false);
    });
  }, [isAsking, signIn]);
  useEffect(() => {
    if (token === null || !isSession(token)) return;
    // Somebody else may have signed in in another tab, or nobody is signed in any more: what the page shows is not for them.
    const look = () => {
      const now = sessionIn(document.cookie);
      if (now === null) forget(null);
      else if (now !== token) signIn(now);
    };
    window.addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      window.removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, [token, signIn, forget]);
  useEffect(() => (token === null ? undefined : shareToken(token, window.localStorage, () => { forget(null); })), [token, forget]);

  useEffect(() => {
    // Opening another role's link in this tab changes only the fragment, without a reload.
    const follow = () => {
      const code = takeFromFragment('link', window.location, window.history);
      const given = takeFromFragment('token', window.location, window.history);
      if (!code && !given) return;
      void import('./signInLink')
        .then(({ followLink }) =>
          followLink(heldToken(), code, given).then(
            (found) => { if (found) signIn(found.token, found.replaces); },
            (thrown: unknown) => { refuse(asRequestError(thrown).message); },
          ),
        )
        // Without that code the session stays as it was.
        .catch(() => undefined)
        .finally(() => { setIsSigningIn(false); });
    };
    // Who is signed in stays so, and is told.
    const refuse = (reason: string) => {
      if (heldToken() === null) forget(reason);
      else window.alert(t('The link signed nobody in: {reason} You are signed in as before.', { reason }));
    };
    follow();
    window.addEventListener('hashchange', follow);
    return () => {
      window.removeEventListener('hashchange', follow);
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

/** What this tab has, or else the session that a provider began. */
function heldToken(): string | null {
  return keptToken(window.sessionStorage) ?? sessionIn(document.cookie);
}

/** The session that the browser has now, if the refused token was an earlier one. */
function otherSession(refused: string | null): string | null {
  const now = sessionIn(document.cookie);
  return refused !== null && isSession(refused) && now !== refused ? now : null;
}

function isSignInLink(): boolean {
  return /[#&](link|token)=[^&]/.test(window.location.hash);
}
