/** An embed's token is renewed while rows stay: a refused request waits for the page's new token, once. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RequestError } from '../src/api/errors';
import { renewalDelay } from '../src/elements/tokenLife';
import { EmbedToken } from '../src/embed/EmbedToken';
import { embeddedView, filteredValues } from '../src/embed/embeddedView';

const REFUSED = new RequestError('UNAUTHENTICATED', 'The token has expired.');

/** Answers what `good` tokens are answered. */
function server(...good: readonly string[]) {
  return vi.fn((token: string) => (good.includes(token) ? Promise.resolve(`rows for ${token}`) : Promise.reject(REFUSED)));
}

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
    const token = new EmbedToken('old', () => { queueMicrotask(() => token.take('new')); });
    expect(await token.ask(ask)).toBe('rows for new');
    expect(ask.mock.calls).toEqual([['old'], ['new']]);
    expect(token.current()).toBe('new');
  });

  it('fails where the page has none, says the same one, or stays silent', async () => {
    const none: EmbedToken = new EmbedToken('old', () => { queueMicrotask(() => none.take(null)); });
    await expect(none.ask(server())).rejects.toBe(REFUSED);
    const same: EmbedToken = new EmbedToken('old', () => { queueMicrotask(() => same.take('old')); });
    await expect(same.ask(server())).rejects.toBe(REFUSED);
    const asked = vi.fn();
    const answer = expect(new EmbedToken('old', asked).ask(server())).rejects.toBe(REFUSED);
    await vi.advanceTimersByTimeAsync(30_000);
    await answer;
    expect(asked).toHaveBeenCalledOnce();
  });

  it('asks the page once, also if the new token is refused too, and for all that wait', async () => {
    const asked = vi.fn();
    const token = new EmbedToken('old', asked);
    const both = Promise.allSettled([token.ask(server()), token.ask(server('new'))]);
    await vi.advanceTimersByTimeAsync(1);
    expect(token.take('new')).toBe(false);
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(asked).toHaveBeenCalledOnce();
  });

  it('fails at once in a frame without an element, and for other reasons', async () => {
    await expect(new EmbedToken('old', null).ask(server())).rejects.toBe(REFUSED);
    const asked = vi.fn();
    const other = new RequestError('TIMEOUT', 'Choose a shorter range.');
    await expect(new EmbedToken('old', asked).ask(() => Promise.reject(other))).rejects.toBe(other);
    expect(asked).not.toHaveBeenCalled();
  });
});

it('a token that nobody waited for is told to listeners', () => {
  const token = new EmbedToken('old', null);
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
