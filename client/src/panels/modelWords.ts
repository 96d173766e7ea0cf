/** The models' metrics in words: what is measured, and whether more of it is better. */
import { t } from '../i18n/i18n';

interface MetricWords {
  readonly label: string;
  /** Null where neither is: a share that should be as it was promised. */
  readonly isMoreBetter: boolean | null;
}

function wordsOf(metric: string): MetricWords {
  switch (metric) {
    case 'auc':
      return { label: t('Ranks who leaves above who stays (0.5 is chance, 1 always)'), isMoreBetter: true };
    case 'brier':
      return { label: t('Squared error of the risks'), isMoreBetter: false };
    case 'calibration_error':
      return { label: t('Risks off what happened, in the worst tenth'), isMoreBetter: false };
    case 'coverage@10':
      return { label: t('Share of all films recommended to anyone'), isMoreBetter: true };
    case 'coverage_80':
      return { label: t('Days within the forecast’s band (0.8 was promised)'), isMoreBetter: null };
    case 'genres_by_model':
      return { label: t('Genres that the model forecasts, not the simple rule'), isMoreBetter: null };
    case 'mae':
      return { label: t('Views off per day and genre'), isMoreBetter: false };
    case 'mae_days_1_7':
      return { label: t('Views off, in the first week'), isMoreBetter: false };
    case 'mae_days_8_14':
      return { label: t('Views off, in the second week'), isMoreBetter: false };
    case 'ndcg@10':
      return { label: t('Good films near the top of ten'), isMoreBetter: true };
    case 'ndcg_by_score@10':
      return { label: t('Good films near the top of ten, without variety'), isMoreBetter: null };
    case 'novelty@10':
      return { label: t('How little known recommended films are'), isMoreBetter: true };
    case 'popular_share@10':
      return { label: t('Share of places of the most popular films'), isMoreBetter: false };
    case 'precision@10':
      return { label: t('Recommended films that were watched'), isMoreBetter: true };
    case 'recall@10':
      return { label: t('Watched films that were recommended'), isMoreBetter: true };
    case 'share_with_variety':
      return { label: t('Share of users whose list is more varied'), isMoreBetter: null };
    case 'titles@10':
      return { label: t('Different films recommended to anyone'), isMoreBetter: true };
    case 'titles_by_score@10':
      return { label: t('Different films recommended, without variety'), isMoreBetter: null };
    default:
      return { label: metric, isMoreBetter: null };
  }
}

export function metricLabel(metric: string): string {
  return wordsOf(metric).label;
}

/** How a model does beside the simple rule that it has to beat. */
export type Verdict = 'better' | 'not better' | 'unknown';

export function verdictOf(metric: string, model: number | null, baseline: number | null): Verdict {
  const { isMoreBetter } = wordsOf(metric);
  if (model === null || baseline === null || isMoreBetter === null) return 'unknown';
  return (isMoreBetter ? model > baseline : model < baseline) ? 'better' : 'not better';
}
