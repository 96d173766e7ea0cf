/** The selected chart: weekly or monthly, whose viewing it counts, and its period. */
import { addDays, addMonths } from '../calendar';
import type { RankingBy, RankingPeriod, RankingsQueryVariables } from '../generated/operations';

export interface RankingChoice {
  readonly period: RankingPeriod;
  readonly by: RankingBy;
  /** The genre, country or device. Empty for all viewing, and until one is selected. */
  readonly value: string;
  /** The period's first day. Null for the newest complete period. */
  readonly start: string | null;
  /** The first day of the newest complete period, once known. */
  readonly newest: string | null;
}

export const NEWEST_WEEK: RankingChoice = { period: 'WEEK', by: 'ALL', value: '', start: null, newest: null };

/** Weeks and months start on different days, so switching goes back to the newest period. */
export function ofPeriod(choice: RankingChoice, period: RankingPeriod): RankingChoice {
  return { ...choice, period, start: null, newest: null };
}

export function ofGroup(choice: RankingChoice, by: RankingBy, value = ''): RankingChoice {
  return { ...choice, by, value };
}

/** The period before `shown`. */
export function earlier(choice: RankingChoice, shown: string): RankingChoice {
  const newest = choice.newest ?? shown;
  return { ...choice, newest, start: moved(shown, choice.period, -1) };
}

/** The next period. The newest is selected by null, so that the chart moves on when a newer one is computed. */
export function later(choice: RankingChoice): RankingChoice {
  if (choice.start === null) return choice;
  const start = moved(choice.start, choice.period, 1);
  return { ...choice, start: choice.newest === null || start >= choice.newest ? null : start };
}

/** Null until a value is selected. */
export function toRankingsVariables({ period, by, value, start }: RankingChoice): RankingsQueryVariables | null {
  if (by !== 'ALL' && !value) return null;
  return { period, by, ...(by !== 'ALL' && { value }), ...(start && { start }) };
}

function moved(start: string, period: RankingPeriod, by: 1 | -1): string {
  return period === 'WEEK' ? addDays(start, 7 * by) : addMonths(start, by);
}
