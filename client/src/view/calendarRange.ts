/** Ranges of the calendar around the local day of the newest data. */
import { addDays, addMonths } from '../calendar';
import type { TimeRange } from '../generated/operations';

export const CALENDAR_RANGES = ['yesterday', 'this-month', 'last-month', 'this-year'] as const;
export type CalendarRange = (typeof CALENDAR_RANGES)[number];

/** From a local day to one that is excluded. */
export function calendarDays(name: CalendarRange, newestDay: string): TimeRange {
  const month = `${newestDay.slice(0, 7)}-01`;
  const year = `${newestDay.slice(0, 4)}-01-01`;
  switch (name) {
    case 'yesterday':
      return { from: addDays(newestDay, -1), to: newestDay };
    case 'this-month':
      return { from: month, to: addMonths(month, 1) };
    case 'last-month':
      return { from: addMonths(month, -1), to: month };
    case 'this-year':
      return { from: year, to: addMonths(year, 12) };
  }
}

/** The local day of an instant. */
export function dayIn(timeZone: string, instant: string): string {
  // Sweden writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short' }).format(new Date(instant));
}
