/** Arithmetic on local dates as text, `2026-11-23`. No time zone is involved. */

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function isDay(text: string): boolean {
  // Date turns 30 February into 2 March; only a real day comes back unchanged.
  return DAY.test(text) && !Number.isNaN(utcMidnight(text).getTime()) && dayOf(utcMidnight(text)) === text;
}

/** Whether both are valid days, in order. */
export function isDayRange(from: string, through: string): boolean {
  return isDay(from) && isDay(through) && from <= through;
}

export function addDays(day: string, count: number): string {
  const date = utcMidnight(day);
  date.setUTCDate(date.getUTCDate() + count);
  return dayOf(date);
}

/** For the first day of a month; other days may overflow into the next one. */
export function addMonths(day: string, count: number): string {
  const date = utcMidnight(day);
  date.setUTCMonth(date.getUTCMonth() + count);
  return dayOf(date);
}

export function utcMidnight(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** The local day of a bucket, which starts at an instant with its zone's offset. */
export function dayOfBucket(start: string | null): string {
  return (start ?? '').slice(0, 10);
}
