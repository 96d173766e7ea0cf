/** The provider where people sign in, if the server has one, and what it says of an attempt that failed. */
import { PREFIX } from '../prefix';
import { t } from '../i18n/i18n';

/** What its button calls it; empty for none. */
export const PROVIDER = document.querySelector('meta[name="marquee-provider"]')?.getAttribute('content') ?? '';

/** Where signing in begins; it comes back to the present page. */
export function signInAddress({ pathname, search }: Pick<Location, 'pathname' | 'search'>): string {
  return `${PREFIX}/oidc/sign-in?${new URLSearchParams({ next: pathname + search }).toString()}`;
}

/** Why nobody was signed in, for the code in the address (`#refused=...`). */
export function refusalText(code: string): string {
  switch (code) {
    case 'attempt':
      return t('Signing in took too long, or began in another browser. Try again.');
    case 'provider':
      return t('The sign-in provider does not answer. Try again in a moment.');
    case 'settings':
      return t('Marquee’s settings do not fit the sign-in provider. Your administrator finds the reason in the server’s log.');
    case 'scope':
      return t('You were not signed in: your row scope is too long for a session. Ask your administrator for one with fewer values, or use a token.');
    default:
      return t('You were not signed in. Your account there may have no role in Marquee: ask your administrator.');
  }
}

/** What somebody who signed out is told whose session the server did not end, and why. */
export function notEndedText(reason: string): string {
  return t('You are signed out in this browser, but your session was not ended on the server. Sign in and out again. {reason}', { reason });
}
