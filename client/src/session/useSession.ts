/** The session that components read. */
import { createContext, use } from 'react';

export interface Session {
  readonly token: string;
  /** Forgets the token; `reason` is shown on the sign-in page. */
  readonly signOut: (reason: string | null) => void;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('useSession needs a SessionProvider above it.');
  return session;
}
