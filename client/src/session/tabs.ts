/**
 * Tabs of one browser share who is signed in: a new tab asks the others for their token, and signing out in one signs out
 * all that have the same. Tokens pass between pages of this origin only, and are stored in their tab only.
 */

const CHANNEL = 'marquee.session';
const MARK = 'marquee.signed-in';
const PATIENCE_MS = 250;

type Message =
  | { readonly type: 'ask' }
  | { readonly type: 'token'; readonly token: string }
  | { readonly type: 'signed-out'; readonly token: string; readonly by: number };

/** This page among the others: its own channels hear what it says, too. */
const PAGE = Math.random();

/** Whether another tab may be signed in; it may have been closed since. */
export function maybeSignedIn(storage: Storage): boolean {
  return storage.getItem(MARK) !== null;
}

/** The token of another tab, null if none answers. */
export function askTabs(): Promise<string | null> {
  const channel = new BroadcastChannel(CHANNEL);
  return new Promise<string | null>((resolve) => {
    const timer = window.setTimeout(() => { resolve(null); }, PATIENCE_MS);
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.type !== 'token') return;
      window.clearTimeout(timer);
      resolve(data.token);
    };
    channel.postMessage({ type: 'ask' } satisfies Message);
  }).finally(() => { channel.close(); });
}

/** Answers other tabs while this one has a token, and hears when one of them signs out. Returns a function that ends that. */
export function shareToken(token: string, storage: Storage, onSignedOut: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  storage.setItem(MARK, '1');
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.type === 'ask') channel.postMessage({ type: 'token', token } satisfies Message);
    if (data.type !== 'signed-out' || data.by === PAGE) return;
    if (data.token === token) onSignedOut();
    // Another account has ended; this one's tab still answers.
    else storage.setItem(MARK, '1');
  };
  return () => { channel.close(); };
}

export function tellSignedOut(token: string, storage: Storage): void {
  const channel = new BroadcastChannel(CHANNEL);
  storage.removeItem(MARK);
  channel.postMessage({ type: 'signed-out', token, by: PAGE } satisfies Message);
  channel.close();
}
