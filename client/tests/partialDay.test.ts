/** An incomplete day does not look like a drop. */
import { expect, it } from 'vitest';
import { isPartial, splitPartialDay } from '../src/panels/partialDay';

const paths = { dailyTrends: { range: { from: '2026-11-22T00:00:00+00:00', to: '2026-11-24T00:00:00+00:00' } } };

it('a range runs while data ends before it does', () => {
  expect(isPartial({ dataThrough: '2026-11-23T05:47:00+00:00', paths }, 'dailyTrends')).toBe(true);
  expect(isPartial({ dataThrough: '2026-11-25T05:47:00+00:00', paths }, 'dailyTrends')).toBe(false);
});

it('nothing is assumed where the answer does not say', () => {
  expect(isPartial({ dataThrough: null, paths }, 'dailyTrends')).toBe(false);
  expect(isPartial({ dataThrough: '2026-11-23T05:47:00+00:00' }, 'dailyTrends')).toBe(false);
});

it('the running day continues the line of the settled ones', () => {
  const rows = splitPartialDay([{ views: 1 }, { views: 2 }, { views: 3 }], ({ views }) => views, true);
  expect(rows.map(({ settled }) => settled)).toEqual([1, 2, null]);
  expect(rows.map(({ running }) => running)).toEqual([null, 2, 3]);
});

it('without one every day is settled', () => {
  const rows = splitPartialDay([{ views: 1 }, { views: 2 }], ({ views }) => views, false);
  expect(rows.map(({ settled, running }) => [settled, running])).toEqual([
    [1, null],
    [2, null],
  ]);
});
