/** A token leaves the address bar at once, and pasted tokens are cleaned up. */
import { beforeEach, describe, expect, it } from 'vitest';
import { readEmbedUrl } from '../src/embed/embedUrl';
import { cleanToken, takeCode, takeToken } from '../src/session/signInLink';
import { dropToken, keepToken, keptToken } from '../src/session/token';

describe('a link with a token', () => {
  beforeEach(() => {
    sessionStorage.clear();
    window.history.replaceState(null, '', '/users?zone=UTC#token=abc.def.ghi&x=1');
  });

  it('gives it once, and is removed from the URL, which otherwise stays the same', () => {
    expect(takeToken(location, history)).toBe('abc.def.ghi');
    expect(location.href).not.toContain('abc.def.ghi');
    expect(location.pathname + location.search + location.hash).toBe('/users?zone=UTC#x=1');
    expect(takeToken(location, history)).toBe('');
  });

  it('leaves what the tab has kept alone', () => {
    keepToken(sessionStorage, 'old');
    takeToken(location, history);
    expect(keptToken(sessionStorage)).toBe('old');
    dropToken(sessionStorage);
    expect(keptToken(sessionStorage)).toBeNull();
  });
});

it('the code of a sign-in link is removed from the address and is not taken for a token', () => {
  sessionStorage.clear();
  window.history.replaceState(null, '', '/users?zone=UTC#link=abc.def.ghi');
  expect(takeCode(location, history)).toBe('abc.def.ghi');
  expect(location.pathname + location.search + location.hash).toBe('/users?zone=UTC');
  expect(takeCode(location, history)).toBe('');
  expect(takeToken(location, history)).toBe('');
});

it.each([
  ['  abc.def\n.ghi ', 'abc.def.ghi'],
  ['Bearer abc', 'abc'],
  ['"abc"', 'abc'],
  ['http://127.0.0.1:8000/#token=abc', 'abc'],
  ['   ', ''],
])('%j is the token %j', (pasted, token) => {
  expect(cleanToken(pasted)).toBe(token);
});

it('an embed reads from its address what it shows, and whether an element made its frame', () => {
  expect(readEmbedUrl({ pathname: '/embed/DailyTrends', search: '?token=abc&theme=dark', hash: '#element' })).toEqual({
    operation: 'DailyTrends',
    token: 'abc',
    theme: 'dark',
    isElement: true,
  });
  expect(readEmbedUrl({ pathname: '/embed/', search: '', hash: '' })).toEqual({ operation: '', token: '', theme: null, isElement: false });
});
