/** An embed's token is renewed while rows stay: a refused request waits for the page's new token, once. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RequestError } from '../src/api/errors';
import { renewalDelay } from '../src/elements/tokenLife';
import { EmbedToken } from '../src/embed/EmbedToken';
import { localeOfEmbed } from '../src/i18n/i18n';
import { embeddedView, filteredValues } from '../src/embed/embeddedView';

const REFUSED = new RequestError('UNAUTHENTICATED', 'The token has expired.');

/** Answers what `good` tokens are answered. */
function server(...good: readonly string[]) {
  const sessions = good.map((token) => `session of ${token}`);
  return vi.fn((session: string) => (sessions.includes(session) ? Promise.resolve(`rows for ${session}`) : Promise.reject(REFUSED)));
}

const sessionOf = (token: string) => Promise.resolve(`session of ${token}`);

/** A token as the server makes them, but for its signature. */
function tokenWith(claims: object): string {
  const bytes = new TextEncoder().encode(JSON.stringify(claims));
  const text = btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return `e30.${text}.signature`;
}

describe('a refused request', () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  it('is sent again with the page’s new token', async () => {
    const ask = server('new');
    const token = new EmbedToken('old', () => { queueMicrotask(() => token.take('new')); }, sessionOf);
    expect(await token.ask(ask)).toBe('rows for session of new');
    expect(ask.mock.calls).toEqual([['session of old'], ['session of new']]);
    expect(token.current()).toBe('new');
  });

  it('fails where the page has none, says the same one, or stays silent', async () => {
    const none: EmbedToken = new EmbedToken('old', () => { queueMicrotask(() => none.take(null)); }, sessionOf);
    await expect(none.ask(server())).rejects.toBe(REFUSED);
    const same: EmbedToken = new EmbedToken('old', () => { queueMicrotask(() => same.take('old')); }, sessionOf);
    await expect(same.ask(server())).rejects.toBe(REFUSED);
    const asked = vi.fn();
    const answer = expect(new EmbedToken('old', asked, sessionOf).ask(server())).rejects.toBe(REFUSED);
    await vi.advanceTimersByTimeAsync(30_000);
    await answer;
    expect(asked).toHaveBeenCalledOnce();
  });

  it('asks the page once, also if the new token is refused too, and for all that wait', async () => {
    const asked = vi.fn();
    const token = new EmbedToken('old', asked, sessionOf);
    const both = Promise.allSettled([token.ask(server()), token.ask(server('new'))]);
    await vi.advanceTimersByTimeAsync(1);
    expect(token.take('new')).toBe(false);
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(asked).toHaveBeenCalledOnce();
  });

  it('fails at once in a frame without an element, and for other reasons', async () => {
    await expect(new EmbedToken('old', null, sessionOf).ask(server())).rejects.toBe(REFUSED);
    const asked = vi.fn();
    const other = new RequestError('TIMEOUT', 'Choose a shorter range.');
    await expect(new EmbedToken('old', asked, sessionOf).ask(() => Promise.reject(other))).rejects.toBe(other);
    expect(asked).not.toHaveBeenCalled();
  });
});

describe('a token', () => {
  it('is exchanged once, for all that ask', async () => {
    const exchange = vi.fn(sessionOf);
    const token = new EmbedToken('old', null, exchange);
    await Promise.all([token.ask(server('old')), token.ask(server('old'))]);
    await token.ask(server('old'));
    expect(exchange.mock.calls).toEqual([['old']]);
  });

  it('that was exchanged before is replaced by the page’s new one', async () => {
    const exchange = vi.fn((token: string) => (token === 'new' ? sessionOf(token) : Promise.reject(REFUSED)));
    const token = new EmbedToken('used', () => { queueMicrotask(() => token.take('new')); }, exchange);
    expect(await token.ask(server('new'))).toBe('rows for session of new');
    expect(exchange.mock.calls).toEqual([['used'], ['new']]);
  });

  it('is tried again where the server was away', async () => {
    const away = new RequestError('UNREACHABLE', 'The server can’t be reached.');
    const exchange = vi.fn(sessionOf).mockRejectedValueOnce(away);
    const token = new EmbedToken('old', null, exchange);
    await expect(token.ask(server('old'))).rejects.toBe(away);
    expect(await token.ask(server('old'))).toBe('rows for session of old');
  });
});

describe('the locale of an embed’s address', () => {
  it.each([
    ['/embed/Devices', '?token=x&locale=de', 'de'],
    ['/prefix/embed/Board/', '?locale=DE-at', 'de-AT'],
    ['/embed/Devices', '?locale=fr-FR', null],
    ['/embed/Devices', '?locale=not a locale', null],
    ['/embed/Devices', '?locale=constructor', null],
    ['/embed/Devices', '', null],
    ['/explore', '?locale=de', null],
  ])('%s%s is %j', (pathname, search, expected) => {
    expect(localeOfEmbed({ pathname, search })).toBe(expected);
  });
});

it('a token that nobody waited for is told to listeners', () => {
  const token = new EmbedToken('old', null, sessionOf);
  const heard = vi.fn();
  token.subscribe(heard);
  expect([token.take('old'), token.take(null), token.take('new')]).toEqual([false, false, true]);
  expect(heard).toHaveBeenCalledOnce();
});

it.each([
  [3_600, 3_540_000],
  [100, 80_000],
  [3, 5_000],
  [40 * 86_400, 2 ** 31 - 1],
  [0, null],
  [-60, null],
])('a token with %i s left is renewed after %j ms', (left, delay) => {
  expect(renewalDelay(tokenWith({ exp: 1_000 + left }), 1_000_000)).toBe(delay);
});

it.each(['', 'abc', 'a.b.c', 'a.e30.c', tokenWith({ exp: '9999999999' })])('a token that says no expiry is not renewed by time: %j', (token) => {
  expect(renewalDelay(token, 0)).toBeNull();
});

describe('what a panel is limited to', () => {
  it('is said of its token’s scope and variables, which win, and of the page’s', () => {
    const token = tokenWith({ scope: { country: ['DE', 'AT'] }, embed: { variables: { timeZone: 'Asia/Kolkata' } } });
    const view = embeddedView(token, { timeZone: 'UTC', where: { device: { eq: 'smart_tv' }, genre: { in: ['Drama', 'Sci-Fi'] } } });
    expect(view).toEqual({ timeZone: 'Asia/Kolkata', filters: ['Country: Germany, Austria', 'Device: Smart TV', 'Genre: Drama, Sci-Fi'] });
  });

  it.each([
    [{}, []],
    [{ country: null }, []],
    [{ country: { ne: 'DE' } }, ['Country: ≠ Germany']],
    [{ releaseYear: { gte: 1990, lt: 2000 } }, ['Release year: ≥ 1990, < 2000']],
    [{ director: { contains: 'Lee' } }, ['Director: contains Lee']],
    [{ country: { isNull: true } }, ['Country: is missing']],
    [{ and: [{ country: { eq: 'DE' } }, { genre: { eq: 'Drama' } }] }, ['Country: Germany', 'Genre: Drama']],
    [{ or: [{ country: { eq: 'DE' } }, { genre: { eq: 'Drama' } }] }, ['Country: Germany or Genre: Drama']],
    [{ not: { genre: { eq: 'Drama' } } }, ['not Genre: Drama']],
  ])('%j reads %j', (where, filters) => {
    expect(embeddedView('no token', { where })).toEqual({ timeZone: 'UTC', filters });
  });

  it('names the values of one dimension, to mark them', () => {
    expect(filteredValues({ country: { in: ['DE', 'AT'] }, device: { eq: 'tv' } }, 'country')).toEqual(['DE', 'AT']);
    expect(filteredValues({ device: { eq: 'tv' } }, 'device')).toEqual(['tv']);
    expect(filteredValues(undefined, 'device')).toEqual([]);
  });
});
