/** This tab's bearer token: read from the link's fragment, kept in sessionStorage, and removed from the address bar. */

const KEY = 'marquee.token';
const SESSION = 'session:';
const MARK = /(?:^|; )marquee_signed_in=(\w+)(?:;|$)/;

/** What stands for the session of a person whom a provider signed in, as a cookie beside it marks it: the session's own is hidden from
 *  scripts. Null if the browser has none. */
export function sessionIn(cookies: string): string | null {
  const mark = MARK.exec(cookies)?.[1];
  return mark === undefined ? null : SESSION + mark;
}

export function isSession(token: string): boolean {
  return token.startsWith(SESSION);
}

export function authorizationOf(token: string): string {
  return isSession(token) ? `Session ${token.slice(SESSION.length)}` : `Bearer ${token}`;
}

/** Has the browser say no longer that it has a session, whether or not the server is reached: the next page asks to sign in. */
export function forgetSession(session: string, page: Pick<Document, 'cookie'>): void {
  if (sessionIn(page.cookie) === session) page.cookie = 'marquee_signed_in=; path=/; max-age=0';
}

/** The token that this tab has kept. */
export function keptToken(storage: Storage): string | null {
  return storage.getItem(KEY);
}

/** Why a provider signed nobody in (`#refused=...`), removed from the URL; empty if it did not. */
export function takeRefusal(location: Location, history: History): string {
  return takeFromFragment('refused', location, history);
}

/** A value of the fragment, which is removed from the URL; empty if it has none. */
export function takeFromFragment(name: string, location: Location, history: History): string {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const given = fragment.get(name);
  if (!given) return '';
  fragment.delete(name);
  const rest = fragment.toString();
  history.replaceState(history.state, '', location.pathname + location.search + (rest && `#${rest}`));
  return given;
}

export function keepToken(storage: Storage, token: string): void {
  storage.setItem(KEY, token);
}

export function dropToken(storage: Storage): void {
  storage.removeItem(KEY);
}
