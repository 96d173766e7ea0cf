import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RefreshPace } from '../src/api/refreshPace';

/** A pace whose refreshes take some milliseconds each, and when they began. */
function paced(tookMs: number): { pace: RefreshPace<number>; began: number[] } {
  const began: number[] = [];
  const refresh = () => {
    began.push(Date.now());
    return new Promise((resolve) => setTimeout(resolve, tookMs));
  };
  return { pace: new RefreshPace<number>(refresh, () => Date.now()), began };
}

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});

afterEach(() => {
  vi.useRealTimers();
});

test('changes in quick succession are one refresh', async () => {
  const { pace, began } = paced(50);
  for (let at = 0; at < 10; at += 1) pace.note(1);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(began).toEqual([1_000]);
});

test('refreshing takes at most a tenth of the time, however many changes come', async () => {
  const { pace, began } = paced(2_000);
  for (let second = 0; second < 60; second += 1) {
    pace.note(1);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  // From 1 to 3 s, then 18 s of rest.
  expect(began).toEqual([1_000, 21_000, 41_000]);
});

test('a change during a refresh is followed by another, and never runs beside it', async () => {
  const { pace, began } = paced(100);
  pace.note(1);
  await vi.advanceTimersByTimeAsync(1_050);
  pace.note(1);
  await vi.advanceTimersByTimeAsync(10_000);
  // It ended at 1,100 and rests for a second.
  expect(began).toEqual([1_000, 2_100]);
});

test('after a rest a change waits for the shortest pause only', async () => {
  const { pace, began } = paced(2_000);
  pace.note(1);
  await vi.advanceTimersByTimeAsync(60_000);
  pace.note(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(began).toEqual([1_000, 61_000]);
});

test('a refresh that fails is no end, and none follows a stop', async () => {
  const refresh = vi.fn(() => Promise.reject(new Error('offline')));
  const pace = new RefreshPace<number>(() => refresh().catch(() => undefined), () => Date.now());
  pace.note(1);
  await vi.advanceTimersByTimeAsync(2_000);
  pace.note(1);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(refresh).toHaveBeenCalledTimes(2);
  pace.note(1);
  pace.stop();
  await vi.advanceTimersByTimeAsync(20_000);
  pace.note(1);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(refresh).toHaveBeenCalledTimes(2);
});
