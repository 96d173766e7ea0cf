/** A day that is not over does not look like a fall. */
import { expect, it } from 'vitest';
import { begunBuckets, begunDays, isPartial } from '../src/panels/partialDay';
import { dayIn } from '../src/view/calendarRange';

const paths = { dailyTrends: { range: { from: '2026-11-22T00:00:00Z', to: '2026-11-24T00:00:00Z' } } };

it('a range is incomplete while the data ends before it', () => {
  expect(isPartial({ dataThrough: '2026-11-23T05:47:00Z', paths }, 'dailyTrends')).toBe(true);
  expect(isPartial({ dataThrough: '2026-11-25T05:47:00Z', paths }, 'dailyTrends')).toBe(false);
});

it('assumes nothing when the response does not say', () => {
  expect(isPartial({ dataThrough: null, paths }, 'dailyTrends')).toBe(false);
  expect(isPartial({ dataThrough: '2026-11-23T05:47:00Z' }, 'dailyTrends')).toBe(false);
});

it('the day that the data reaches into is still running, in the zone of the days', () => {
  const days = ['2026-11-28', '2026-11-29', '2026-11-30'];
  // A quarter past midnight in Berlin, which is still the day before in UTC.
  expect(begunDays(days, dayIn('Europe/Berlin', '2026-11-29T23:15:00Z'))).toEqual({ count: 3, isLastRunning: true });
  expect(begunDays(days, dayIn('UTC', '2026-11-29T23:15:00Z'))).toEqual({ count: 2, isLastRunning: true });
  expect(begunDays(days, '2026-12-01')).toEqual({ count: 3, isLastRunning: false });
  expect(begunDays(days, null)).toEqual({ count: 3, isLastRunning: false });
});

it('buckets after the end of the data have not begun', () => {
  const starts = ['2026-11-22T00:00:00-05:00', '2026-11-23T00:00:00-05:00', '2026-11-24T00:00:00-05:00'];
  const range = { from: '2026-11-22T00:00:00-05:00', to: '2026-11-25T00:00:00-05:00' };
  const begun = (dataThrough: string | null) => begunBuckets(starts, { dataThrough, paths: { rows: { range } } }, 'rows');
  expect(begun('2026-11-23T05:47:00Z')).toEqual({ count: 2, isLastRunning: true });
  expect(begun('2026-11-23T04:00:00Z')).toEqual({ count: 1, isLastRunning: true });
  expect(begun('2026-11-24T12:00:00Z')).toEqual({ count: 3, isLastRunning: true });
  expect(begun('2026-11-26T00:00:00Z')).toEqual({ count: 3, isLastRunning: false });
  expect(begun(null)).toEqual({ count: 3, isLastRunning: false });
});
