/** An element's token: when it is due, and what the page's callback may give. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RenewedToken } from '../src/elements/RenewedToken';

const NOW = Date.parse('2026-11-20T12:00:00Z');

beforeEach(() => { vi.useFakeTimers({ now: NOW }); });
afterEach(() => { vi.useRealTimers(); });

/** A token that ends in so many seconds. */
function lasting(seconds: number): string {
  return `e30.${btoa(JSON.stringify({ exp: NOW / 1_000 + seconds }))}.signature`;
}

it('a token is due before it expires, while there is a callback and the element is there', () => {
  const due = vi.fn();
  const token = new RenewedToken(due);
  token.keep(lasting(600));
  token.watch();
  vi.advanceTimersByTime(600_000);
  expect(due).not.toHaveBeenCalled();
  vi.setSystemTime(NOW);
  token.callback = () => lasting(1_200);
  token.watch();
  vi.advanceTimersByTime(539_000);
  expect(due).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_000);
  expect(due).toHaveBeenCalledOnce();
  token.rest();
  vi.advanceTimersByTime(10_000_000);
  expect(due).toHaveBeenCalledOnce();
});

it('a renewed token is watched in place of the old one', async () => {
  const due = vi.fn();
  const token = new RenewedToken(due);
  token.callback = () => Promise.resolve(` ${lasting(3_600)}\n`);
  token.keep(lasting(600));
  token.watch();
  expect(await token.renew()).toBe(lasting(3_600));
  expect(token.current).toBe(lasting(3_600));
  vi.advanceTimersByTime(3_539_000);
  expect(due).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_000);
  expect(due).toHaveBeenCalledOnce();
});

it('a callback that gives no text changes nothing', async () => {
  const token = new RenewedToken(vi.fn());
  token.keep('a.b.c');
  expect(await token.renew()).toBeNull();
  for (const given of ['', '  ', undefined, 7, { token: 'x' }]) {
    token.callback = () => given as string;
    await expect(token.renew()).rejects.toThrow('it gave no text');
  }
  token.callback = () => Promise.reject(new Error('signed out'));
  await expect(token.renew()).rejects.toThrow('signed out');
  expect(token.current).toBe('a.b.c');
});

it('the same token is not another one', () => {
  const token = new RenewedToken(vi.fn());
  expect([token.keep('a'), token.keep(' a '), token.keep(''), token.keep('b')]).toEqual([true, false, false, true]);
});
