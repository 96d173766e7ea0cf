/** The metrics that the page of an experiment compares, and how their figures read. */
import type { Unit } from '../format';
import type { ExperimentMetric, ExperimentQuery } from '../generated/operations';

export type Result = NonNullable<ExperimentQuery['experiment']>;
export type MetricResult = Result['metrics'][number];
export type Variant = MetricResult['variants'][number];
export type Difference = NonNullable<Variant['difference']>;

export const METRICS: readonly ExperimentMetric[] = ['WATCH_HOURS', 'VIEWS', 'VIEWERS', 'COMPLETION_RATE', 'AVERAGE_RATING'];
export const GUARDRAILS = [{ metric: 'BUFFERING_PER_VIEW', worst: 0.05 }] as const;

const SHARES: readonly ExperimentMetric[] = ['VIEWERS', 'NEW_VIEWERS', 'RETURNING_VIEWERS'];
const OF_RATIOS: Readonly<Record<MetricResult['unit'], Unit>> = {
  COUNT: 'ratio',
  FRACTION: 'fraction',
  HOURS: 'ratio',
  MINUTES: 'minutes',
  PER_VIEW: 'perView',
  STARS: 'stars',
};

/** Whether somebody watched is a share of people. */
export function isShare({ metric }: Pick<MetricResult, 'metric'>): boolean {
  return SHARES.includes(metric);
}

/** A person's mean of a count has decimals. */
export function unitOf({ metric, unit, isRatio }: Pick<MetricResult, 'metric' | 'unit' | 'isRatio'>): Unit {
  if (isShare({ metric })) return 'fraction';
  return isRatio ? OF_RATIOS[unit] : 'ratio';
}
