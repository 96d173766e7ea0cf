/** Which chart is looked at: its length, whose viewing it counts, and its period, which is stepped through. */
import { addDays, addMonths } from '../calendar';
import type { RankingBy, RankingPeriod, RankingsQueryVariables } from '../generated/operations';

export interface RankingChoice {
  readonly period: RankingPeriod;
  readonly by: RankingBy;
  /** The genre, country or device; empty for all viewing, and until one is chosen. */
  readonly value: string;
  /** The period's first day; null for the newest that is over. */
  readonly start: string | null;
  /** The first day of the newest that is over, once it was seen. */
  readonly newest: string | null;
}

export const NEWEST_WEEK: RankingChoice = { period: 'WEEK', by: 'ALL', value: '', start: null, newest: null };

/** Weeks and months begin on other days: another length begins with its newest again. */
export function ofPeriod(choice: RankingChoice, period: RankingPeriod): RankingChoice {
  return { ...choice, period, start: null, newest: null };
}

export function ofGroup(choice: RankingChoice, by: RankingBy, value = ''): RankingChoice {
  return { ...choice, by, value };
}

/** The period before the one that is `shown`. */
export function earlier(choice: RankingChoice, shown: string): RankingChoice {
  const newest = choice.newest ?? shown;
  return { ...choice, newest, start: moved(shown, choice.period, -1) };
}

/** The period after the one that is looked at; the newest is looked at without its name, so that it stays the newest. */
export function later(choice: RankingChoice): RankingChoice {
  if (choice.start === null) return choice;
  const start = moved(choice.start, choice.period, 1);
  return { ...choice, start: choice.newest === null || start >= choice.newest ? null : start };
}

/** Null while a value is still to be chosen. */
export function toRankingsVariables({ period, by, value, start }: RankingChoice): RankingsQueryVariables | null {
  if (by !== 'ALL' && !value) return null;
  return { period, by, ...(by !== 'ALL' && { value }), ...(start && { start }) };
}

function moved(start: string, period: RankingPeriod, by: 1 | -1): string {
  return period === 'WEEK' ? addDays(start, 7 * by) : addMonths(start, by);
}
