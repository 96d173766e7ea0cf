/** Gives hooks a client, and tells live ones when the data has changed: one subscription for all of them. */
import { type Client, Freshness } from '@marquee/client';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react';

interface Marquee {
  readonly client: Client;
  /** Refreshes live answers at every change, until the returned function is called. */
  readonly follow: () => () => void;
}

const Context = createContext<Marquee | null>(null);

interface MarqueeProviderProps {
  readonly client: Client;
  readonly children?: ReactNode;
}

/** Stands below a QueryClientProvider, which keeps the answers. */
export function MarqueeProvider({ client, children }: MarqueeProviderProps) {
  const queries = useQueryClient();
  const marquee = useMemo(() => ({ client, follow: follower(client, queries) }), [client, queries]);
  return <Context.Provider value={marquee}>{children}</Context.Provider>;
}

export function useMarquee(): Marquee {
  const marquee = useContext(Context);
  if (!marquee) throw new Error('Marquee hooks need a <MarqueeProvider client={...}> above them.');
  return marquee;
}

/** The client of the provider above. */
export function useClient(): Client {
  return useMarquee().client;
}

/** Follows changes while the component is there. */
export function useFollowing(isLive: boolean): void {
  const { follow } = useMarquee();
  useEffect(() => (isLive ? follow() : undefined), [isLive, follow]);
}

/** Keys of what a server answered; live answers are apart, so that a change refreshes them alone. */
export function keyOf(client: Client, isLive: boolean, ...question: readonly unknown[]): readonly unknown[] {
  return ['marquee', client.url, isLive ? 'live' : 'once', ...question];
}

function follower(client: Client, queries: QueryClient): () => () => void {
  let followers = 0;
  let ending = new AbortController();
  return () => {
    if (followers++ === 0) {
      ending = new AbortController();
      void refreshAtChanges(client, queries, ending.signal);
    }
    return () => {
      if (--followers === 0) ending.abort();
    };
  };
}

async function refreshAtChanges(client: Client, queries: QueryClient, signal: AbortSignal): Promise<void> {
  const events = client.subscribe(Freshness, {}, { signal });
  try {
    // Also at the first event: what was asked before it may be of a state before it. An answer that is the same costs nothing.
    while (!(await events.next()).done && !signal.aborted) await queries.invalidateQueries({ queryKey: keyOf(client, true) });
  } catch {
    // Refused, or away for long: answers stay as they are, and the next question says why.
  }
}
