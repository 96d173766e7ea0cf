/** Arithmetic and validation of local dates. */
import { expect, it } from 'vitest';
import { addDays, addMonths, isDay, isDayRange } from '../src/calendar';

it('steps by days across leap days and years', () => {
  expect(['2028-02-28', '2026-12-31'].map((day) => addDays(day, 1))).toEqual(['2028-02-29', '2027-01-01']);
  expect(addDays('2026-03-01', -7)).toBe('2026-02-22');
});

it('steps by months across years', () => {
  expect([addMonths('2026-01-01', -1), addMonths('2026-12-01', 1)]).toEqual(['2025-12-01', '2027-01-01']);
});

it('accepts only real days', () => {
  expect(['2028-02-29', '2026-02-29', '2026-13-01', '2026-1-1', ''].map(isDay)).toEqual([true, false, false, false, false]);
});

it('a range of days is in order, and both are days', () => {
  expect(isDayRange('2026-01-01', '2026-01-01')).toBe(true);
  expect(isDayRange('2026-01-02', '2026-01-01')).toBe(false);
  expect(isDayRange('', '2026-01-01')).toBe(false);
  expect(isDayRange('0026-1-1', '2026-01-01')).toBe(false);
});
