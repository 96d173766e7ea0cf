/** A scheduled report of a board, in words; and its form as the API takes it. */
import type { TargetForm } from '../alerts/alert';
import { formatHour, formatWeekday } from '../format';
import type { ReportForm, ReportsQuery, SaveReportInput, Weekday } from '../generated/operations';
import { t } from '../i18n/i18n';
import { rangeLabel } from '../menus/RangeMenu';
import { readView } from '../view/view';

export type Report = ReportsQuery['reports'][number];

export const FORMS = ['PDF', 'PNG', 'CSV'] as const satisfies readonly ReportForm[];
export const RANGES = ['P1D', 'yesterday', 'P7D', 'P28D', 'P90D', 'this-month', 'last-month', 'this-year'] as const;
export const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const satisfies readonly Weekday[];

/** What the form holds; no weekday means each day. */
export interface ReportDraft {
  readonly form: ReportForm;
  readonly range: string;
  readonly weekday: Weekday | null;
  readonly hour: number;
  readonly timeZone: string;
  readonly targets: readonly TargetForm[];
}

export function draftIn(timeZone: string): ReportDraft {
  return { form: 'PDF', range: 'P7D', weekday: 'MONDAY', hour: 8, timeZone, targets: [{ kind: 'EMAIL', address: '' }] };
}

export function inputOf(boardId: string, draft: ReportDraft): SaveReportInput {
  const targets = draft.targets.map(({ kind, address }) => ({ kind, address: address.trim() })).filter(({ address }) => address);
  return { ...draft, boardId, targets };
}

export function rangeName(range: string): string {
  return rangeLabel(readView(`?range=${range}`).range);
}

export function weekdayName(weekday: Weekday): string {
  return formatWeekday(WEEKDAYS.indexOf(weekday) + 1);
}

/** `PDF · Mon 08:00 · Europe/Berlin · Last 7 days`. */
export function reportText({ form, weekday, hour, timeZone, range }: Report): string {
  const when = `${weekday ? weekdayName(weekday) : t('Each day')} ${formatHour(hour)}`;
  return [form, when, timeZone, rangeName(range)].join(' · ');
}
