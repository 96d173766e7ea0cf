/** An incomplete day does not look like a drop. */
import { expect, it } from 'vitest';
import { isPartial, splitPartialDay } from '../src/panels/partialDay';

const paths = { dailyTrends: { range: { from: '2026-11-22T00:00:00+00:00', to: '2026-11-24T00:00:00+00:00' } } };

it('a range is incomplete while the data ends before it', () => {
  expect(isPartial({ dataThrough: '2026-11-23T05:47:00+00:00', paths }, 'dailyTrends')).toBe(true);
  expect(isPartial({ dataThrough: '2026-11-25T05:47:00+00:00', paths }, 'dailyTrends')).toBe(false);
});

it('assumes nothing when the response does not say', () => {
  expect(isPartial({ dataThrough: null, paths }, 'dailyTrends')).toBe(false);
  expect(isPartial({ dataThrough: '2026-11-23T05:47:00+00:00' }, 'dailyTrends')).toBe(false);
});

it('the partial day continues the line of the complete ones', () => {
  const rows = splitPartialDay([{ views: 1 }, { views: 2 }, { views: 3 }], ({ views }) => views, true);
  expect(rows.map(({ complete }) => complete)).toEqual([1, 2, null]);
  expect(rows.map(({ partial }) => partial)).toEqual([null, 2, 3]);
});

it('without a partial day, every day is complete', () => {
  const rows = splitPartialDay([{ views: 1 }, { views: 2 }], ({ views }) => views, false);
  expect(rows.map(({ complete, partial }) => [complete, partial])).toEqual([
    [1, null],
    [2, null],
  ]);
});
