/**
 * Links that sign in: with a token (`#token=...`), or with a code that is exchanged for one once (`#link=...`). Anyone
 * already signed in is asked first: otherwise an attacker could send a link to their own account, and see what is then done there.
 */
import { claimsOf } from '../api/tokenClaims';
import { exchangeLink } from '../api/transport';
import { t } from '../i18n/i18n';
import { askTabs, maybeSignedIn } from './tabs';
import { isSession } from './token';

const LONGEST_NAME = 80;

export interface Followed {
  /** The token that counts from now on. */
  readonly token: string;
  /** The earlier one of the same person, as the unchecked token says: it counts again where the server refuses that. */
  readonly replaces: string | null;
}

/** `held` is this tab's token, `code` and `given` are the link's, either of which may be empty. A token beside a code counts for
 *  nothing: it could name anybody. Null if there is neither. Throws what the server says of a code that it refuses. */
export async function followLink(held: string | null, code: string, given: string): Promise<Followed | null> {
  const token = cleanToken(given);
  if (!code && !token) return null;
  const other = held ?? (maybeSignedIn(window.localStorage) ? await askTabs() : null);
  const isSame = !code && other !== null && personOf(token) === personOf(other);
  if (other !== null && !isSame && !mayReplace(other, code ? null : token)) return { token: other, replaces: null };
  return { token: code ? await exchangeLink(code) : token, replaces: isSame && other !== token ? other : null };
}

/** A pasted token, stripped of spaces, line breaks, quotes, `Bearer`, or the link around it. */
export function cleanToken(pasted: string): string {
  const withoutLink = pasted.trim().replace(/^.*#token=/s, '');
  return withoutLink.replace(/^bearer\s+/i, '').replace(/["'\s]/g, '');
}

/** Whether another person's token may take the place of the one held; `given` is null where nobody knows yet whose it is. */
function mayReplace(held: string, given: string | null): boolean {
  const { exp } = claimsOf(held);
  if (typeof exp === 'number' && exp * 1_000 <= Date.now()) return true;
  const names = {
    held: isSession(held) ? t('a user of your sign-in service') : nameOf(held),
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
  return typeof sub === 'string' ? sub.slice(0, LONGEST_NAME) : t('somebody the token does not name');
}
