/** Holds the token, signs in and out, and shows the sign-in page without a token. */
import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { asRequestError } from '../api/errors';
import { makeQueryClient } from '../api/queryClient';
import { exchangeLink } from '../api/transport';
import { t } from '../i18n/i18n';
import { SessionContext } from './useSession';
import { SignInPage } from './SignInPage';
import { dropToken, keepToken, takeLink, takeToken } from './token';

export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [token, setToken] = useState(() => takeToken(window.location, window.history, window.sessionStorage));
  const [refusal, setRefusal] = useState<string | null>(null);
  // A link wins over the token that the tab had: nothing is asked with that one meanwhile.
  const [isSigningIn, setIsSigningIn] = useState(() => window.location.hash.includes('link='));

  const signIn = useCallback((given: string) => {
    keepToken(window.sessionStorage, given);
    setRefusal(null);
    setToken(given);
  }, []);
  const signOut = useCallback((reason: string | null) => {
    dropToken(window.sessionStorage);
    setRefusal(reason);
    setToken(null);
  }, []);

  useEffect(() => {
    // Opening another role's link in this tab changes only the fragment, without a reload.
    const takeGiven = () => {
      const link = takeLink(window.location, window.history);
      if (link) {
        setIsSigningIn(true);
        exchangeLink(link).then(signIn, (thrown: unknown) => { signOut(asRequestError(thrown).message); }).finally(() => { setIsSigningIn(false); });
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
  }, [signIn, signOut]);

  const session = useMemo(() => (token === null ? null : { token, signOut }), [token, signOut]);
  // A new token gets a new cache and, through the key below, a new page: nothing that one role saw may stay on another's screen.
  const queryClient = useMemo(() => (session ? makeQueryClient(session.signOut) : null), [session]);

  if (isSigningIn) return <p role="status" className="grid min-h-dvh place-items-center text-muted">{t('Signing in')}</p>;
  if (!session || !queryClient) return <SignInPage refusal={refusal} onToken={signIn} />;
  return (
    <SessionContext value={session}>
      <QueryClientProvider key={session.token} client={queryClient}>{children}</QueryClientProvider>
    </SessionContext>
  );
}
