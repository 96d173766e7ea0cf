/**
 * Links that sign in: with a token (`#token=...`), or with a code that is exchanged for one once (`#link=...`). Who is signed in
 * already is asked first: whoever sends somebody a link to their own account would see what is then done under it.
 */
import { claimsOf } from '../api/tokenClaims';
import { exchangeLink } from '../api/transport';
import { t } from '../i18n/i18n';
import { askTabs, maybeSignedIn } from './tabs';
import { SESSION, takeFromFragment } from './token';

/** The token that counts after the page's link was followed; null if it was opened by none. `held` is this tab's. A token
 *  beside a code counts for nothing: it could name anybody.
 *  Throws what the server says of a code that it refuses. */
export async function followLink(held: string | null): Promise<string | null> {
  const code = takeCode(window.location, window.history);
  const given = takeToken(window.location, window.history);
  if (!code && !given) return null;
  const other = held ?? (maybeSignedIn(window.localStorage) ? await askTabs() : null);
  if (code) return other && !mayReplace(other, null) ? other : exchangeLink(code);
  return other && other !== given && !mayReplace(other, given) ? other : given;
}

/** The token of a link, removed from the URL; empty if the page was opened by none. */
export function takeToken(location: Location, history: History): string {
  return cleanToken(takeFromFragment('token', location, history));
}

/** What a link that signs in once carries, removed from the URL; empty if the page was opened by none. */
export function takeCode(location: Location, history: History): string {
  return takeFromFragment('link', location, history);
}

/** A pasted token, stripped of spaces, line breaks, quotes, `Bearer`, or the link around it. */
export function cleanToken(pasted: string): string {
  const withoutLink = pasted.trim().replace(/^.*#token=/s, '');
  return withoutLink.replace(/^bearer\s+/i, '').replace(/["'\s]/g, '');
}

/** Whether a link's token may take the place of the one held; `given` is null where nobody knows yet whose it is. */
function mayReplace(held: string, given: string | null): boolean {
  if (given !== null && personOf(given) === personOf(held)) return true;
  const { exp } = claimsOf(held);
  if (typeof exp === 'number' && exp * 1_000 <= Date.now()) return true;
  const names = {
    held: held === SESSION ? t('a user of your sign-in service') : nameOf(held),
    given: given === null ? t('the person that the link is for') : nameOf(given),
  };
  return window.confirm(t('You are signed in as {held}. Sign in as {given} in this tab?', names));
}

/** One text for one person; a token that says nobody is a person of its own. */
function personOf(token: string): string {
  const { iss, sub } = claimsOf(token);
  return sub === undefined ? token : JSON.stringify([iss, sub]);
}

function nameOf(token: string): string {
  const { sub } = claimsOf(token);
  return typeof sub === 'string' ? sub : t('nobody that the token names');
}
