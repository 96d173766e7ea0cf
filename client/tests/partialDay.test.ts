/** A day that is not over does not look like a fall. */
import { expect, it } from 'vitest';
import { begunBuckets, begunDays, comparedBuckets, isPartial } from '../src/panels/partialDay';
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

it('days that the period before does not have are compared with nothing', () => {
  const days = (month: string, count: number) => Array.from({ length: count }, (_, index) => `${month}-${String(index + 1).padStart(2, '0')}`);
  const with_ = (from: string, to: string) => ({ paths: { rows: { comparedWith: { from, to } } } });
  expect(comparedBuckets(days('2026-10', 31), with_('2026-09-01T00:00:00Z', '2026-10-01T00:00:00Z'), 'rows')).toBe(30);
  expect(comparedBuckets(days('2026-11', 30), with_('2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z'), 'rows')).toBe(30);
  // March of Berlin is an hour shorter than its days, and February of a year has 28.
  expect(comparedBuckets(days('2026-03', 31), with_('2026-01-31T23:00:00Z', '2026-02-28T23:00:00Z'), 'rows')).toBe(28);
  expect(comparedBuckets(days('2026-05', 31), with_('2026-02-28T23:00:00Z', '2026-03-31T22:00:00Z'), 'rows')).toBe(31);
  expect(comparedBuckets(days('2026-10', 31), { paths: {} }, 'rows')).toBe(31);
});
