/** When a token has to be renewed. */

const LONGEST_DELAY_MS = 2 ** 31 - 1;
const LEAST_DELAY_MS = 5_000;
const MOST_AHEAD_MS = 60_000;

/** Milliseconds until a token should be renewed: a minute before it expires, or after four fifths of a short life. Null for a
 *  token that says no expiry, or that is over by this machine's clock, which may be wrong: the server decides. */
export function renewalDelay(token: string, now: number): number | null {
  const expiry = expiryOf(token);
  if (expiry === null || expiry <= now) return null;
  const left = expiry - now;
  return Math.min(Math.max(left - Math.min(MOST_AHEAD_MS, left / 5), LEAST_DELAY_MS), LONGEST_DELAY_MS);
}

/** The instant in milliseconds that a JSON web token says; its signature is the server's to check. */
function expiryOf(token: string): number | null {
  try {
    const [, claims = ''] = token.split('.');
    const { exp } = JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/'))) as { readonly exp?: unknown };
    return typeof exp === 'number' ? exp * 1_000 : null;
  } catch {
    return null;
  }
}
