/** The bearer token of this tab: taken out of the link's fragment, kept in sessionStorage, never in the address bar. */

const KEY = 'marquee.token';

/** The token of this tab; one that stands in the fragment (`#token=...`) wins and is removed from the address. */
export function takeToken(location: Location, history: History, storage: Storage): string | null {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const given = cleanToken(fragment.get('token') ?? '');
  if (!given) return storage.getItem(KEY);
  fragment.delete('token');
  const rest = fragment.toString();
  history.replaceState(history.state, '', location.pathname + location.search + (rest && `#${rest}`));
  storage.setItem(KEY, given);
  return given;
}

export function keepToken(storage: Storage, token: string): void {
  storage.setItem(KEY, token);
}

export function dropToken(storage: Storage): void {
  storage.removeItem(KEY);
}

/** A pasted token without what comes along by accident: spaces, line breaks, quotes, `Bearer`, or a whole link. */
export function cleanToken(pasted: string): string {
  const withoutLink = pasted.trim().replace(/^.*#token=/s, '');
  return withoutLink.replace(/^bearer\s+/i, '').replace(/["'\s]/g, '');
}
