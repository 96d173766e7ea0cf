/** Holds the token, signs in and out, and shows the sign-in page when there is no token. */
import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { makeQueryClient } from '../api/queryClient';
import { SessionContext } from './session';
import { SignInPage } from './SignInPage';
import { dropToken, keepToken, takeToken } from './token';

export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [token, setToken] = useState(() => takeToken(window.location, window.history, window.sessionStorage));
  const [refusal, setRefusal] = useState<string | null>(null);

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
      if (!window.location.hash.includes('token=')) return;
      const given = takeToken(window.location, window.history, window.sessionStorage);
      if (given) signIn(given);
    };
    window.addEventListener('hashchange', takeGiven);
    return () => {
      window.removeEventListener('hashchange', takeGiven);
    };
  }, [signIn]);

  const session = useMemo(() => (token === null ? null : { token, signOut }), [token, signOut]);
  // A new token gets a new cache and, through the key below, a new page: nothing that one role saw may stay on another's screen.
  const queryClient = useMemo(() => (session ? makeQueryClient(session.signOut) : null), [session]);

  if (!session || !queryClient) return <SignInPage refusal={refusal} onToken={signIn} />;
  return (
    <SessionContext value={session}>
      <QueryClientProvider key={session.token} client={queryClient}>{children}</QueryClientProvider>
    </SessionContext>
  );
}
