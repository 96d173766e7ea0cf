/** What the jobs report, as docs/spark.md names it, is said in words. */
import { expect, it } from 'vitest';
import { metricLabel } from '../src/panels/modelWords';

const REPORTED = [
  ...['auc', 'brier', 'calibration_error'],
  ...['mae', 'mae_days_1_7', 'mae_days_8_14', 'coverage_80', 'genres_by_model'],
  ...['ndcg@10', 'precision@10', 'recall@10', 'titles@10', 'coverage@10', 'novelty@10', 'popular_share@10'],
  ...['ndcg_by_score@10', 'titles_by_score@10', 'share_with_variety'],
];

it.each(REPORTED)('%s', (metric) => {
  expect(metricLabel(metric)).toMatch(/^[A-Z][a-z]+ \w/);
});
