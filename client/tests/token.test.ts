/** A token leaves the address bar at once, and pasted tokens are cleaned up. */
import { beforeEach, describe, expect, it } from 'vitest';
import { readEmbedUrl } from '../src/embed/embedUrl';
import { cleanToken } from '../src/session/signInLink';
import { dropToken, keepToken, keptToken, takeFromFragment } from '../src/session/token';

describe('a link', () => {
  beforeEach(() => {
    sessionStorage.clear();
    window.history.replaceState(null, '', '/users?zone=UTC#token=abc.def.ghi&x=1');
  });

  it('gives what it carries once, and is removed from the URL, which otherwise stays the same', () => {
    expect(takeFromFragment('link', location, history)).toBe('');
    expect(takeFromFragment('token', location, history)).toBe('abc.def.ghi');
    expect(location.href).not.toContain('abc.def.ghi');
    expect(location.pathname + location.search + location.hash).toBe('/users?zone=UTC#x=1');
    expect(takeFromFragment('token', location, history)).toBe('');
  });

  it('leaves what the tab has kept alone', () => {
    keepToken(sessionStorage, 'old');
    takeFromFragment('token', location, history);
    expect(keptToken(sessionStorage)).toBe('old');
    dropToken(sessionStorage);
    expect(keptToken(sessionStorage)).toBeNull();
  });
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
