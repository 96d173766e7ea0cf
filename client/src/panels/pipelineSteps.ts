/** The pipeline's steps in order of dependency, and the API's input for the selected ones. */
import { isDay } from '../calendar';
import { format } from '../format';
import type { PipelineStep, PipelineStepInput } from '../generated/operations';
import { t } from '../i18n/i18n';

export const STEPS: readonly { readonly step: PipelineStep; readonly label: () => string; readonly does: () => string }[] = [
  { step: 'GENERATE', label: () => t('Generate'), does: () => t('Demo data, if the warehouse is empty') },
  { step: 'LOAD', label: () => t('step|Load'), does: () => t('Files in the drop folder') },
  { step: 'VERIFY', label: () => t('Verify'), does: () => t('Every rollup against a recount') },
  { step: 'RANKINGS', label: () => t('Rankings'), does: () => t('Weekly and monthly film charts') },
  { step: 'PATTERNS', label: () => t('Patterns'), does: () => t('Visits, binges and times of day') },
  { step: 'GEOGRAPHY', label: () => t('Geography'), does: () => t('Reach, tastes and films that travel') },
  { step: 'RECOMMENDATIONS', label: () => t('Recommendations'), does: () => t('What users may like next') },
  { step: 'CHURN', label: () => t('Churn'), does: () => t('Who may not come back') },
  { step: 'FORECAST', label: () => t('Forecast'), does: () => t('Views in the coming days') },
  { step: 'QUALITY', label: () => t('step|Quality'), does: () => t('Where playback buffered more than usual') },
];

const MOST_SESSIONS = 10_000_000;

/** The form's state. Strings are the raw contents of its fields. */
export interface PipelineForm {
  readonly steps: ReadonlySet<PipelineStep>;
  readonly sessions: string;
  readonly from: string;
  readonly to: string;
}

export const EMPTY_FORM: PipelineForm = { steps: new Set(), sessions: '', from: '', to: '' };

export function toggled(form: PipelineForm, step: PipelineStep): PipelineForm {
  const steps = new Set(form.steps);
  if (!steps.delete(step)) steps.add(step);
  return { ...form, steps };
}

/** What is wrong with the form, or null if it can be submitted. */
export function formError({ steps, sessions, from, to }: PipelineForm): string | null {
  if (steps.size === 0) return t('Choose at least one step.');
  if (steps.has('GENERATE') && sessions && !isCount(sessions)) return t('Sessions must be a whole number from 1 to {most}.', { most: format(MOST_SESSIONS, 'count') });
  if (steps.has('RANKINGS') && from && to && isDay(from) && isDay(to) && from > to) return t('The last month is before the first.');
  return null;
}

/** In the order of the steps, not in the order of selection. */
export function toStepInputs({ steps, sessions, from, to }: PipelineForm): PipelineStepInput[] {
  return STEPS.filter(({ step }) => steps.has(step)).map(({ step }) => ({
    step,
    ...(step === 'GENERATE' && sessions && { sessions: Number(sessions) }),
    ...(step === 'RANKINGS' && from && { from }),
    ...(step === 'RANKINGS' && to && { to }),
  }));
}

export function labelOf(step: PipelineStep): string {
  return STEPS.find((one) => one.step === step)?.label() ?? step;
}

function isCount(text: string): boolean {
  return /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_SESSIONS;
}
