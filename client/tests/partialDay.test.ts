/** A day that is not over does not look like a fall. */
import { expect, it } from 'vitest';
import { begunBuckets, isPartial } from '../src/panels/partialDay';

const paths = { dailyTrends: { range: { from: '2026-11-22T00:00:00+00:00', to: '2026-11-24T00:00:00+00:00' } } };

it('a range is incomplete while the data ends before it', () => {
  expect(isPartial({ dataThrough: '2026-11-23T05:47:00+00:00', paths }, 'dailyTrends')).toBe(true);
  expect(isPartial({ dataThrough: '2026-11-25T05:47:00+00:00', paths }, 'dailyTrends')).toBe(false);
});

it('assumes nothing when the response does not say', () => {
  expect(isPartial({ dataThrough: null, paths }, 'dailyTrends')).toBe(false);
  expect(isPartial({ dataThrough: '2026-11-23T05:47:00+00:00' }, 'dailyTrends')).toBe(false);
});

it('buckets after the end of the data have not begun', () => {
  const starts = ['2026-11-22T00:00:00-05:00', '2026-11-23T00:00:00-05:00', '2026-11-24T00:00:00-05:00'];
  expect(begunBuckets(starts, '2026-11-23T05:47:00+00:00')).toBe(2);
  expect(begunBuckets(starts, '2026-11-23T04:00:00+00:00')).toBe(1);
  expect(begunBuckets(starts, null)).toBe(3);
});
