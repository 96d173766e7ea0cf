/** How old the results of Spark jobs are that a panel draws, and whether the data know more by now. */
import type { ResultAge as Age } from '../api/response';
import { formatInstant, formatSlug } from '../format';
import { t } from '../i18n/i18n';

interface ResultAgesProps {
  readonly results: readonly Age[];
  /** Only the result of this job, in an answer that is made of several. */
  readonly job?: string | undefined;
}

export function ResultAges({ results, job }: ResultAgesProps) {
  const shown = new Map(results.filter((age) => age.computedAt && (!job || age.job === job)).map((age) => [age.job, age]));
  return [...shown.values()].map((age) => <OneAge key={age.job} age={age} isNamed={shown.size > 1} />);
}

function OneAge({ age, isNamed }: { readonly age: Age; readonly isNamed: boolean }) {
  const { job, computedAt, dataThrough, isStale } = age;
  return (
    <p data-age={job} data-stale={isStale} className="text-xs text-pretty text-muted">
      {isNamed && `${formatSlug(job)}: `}
      {computedAt && t('Computed {at}', { at: formatInstant(computedAt, 'UTC') })}
      {dataThrough && ` · ${t('data through')} ${formatInstant(dataThrough, 'UTC')}`}
      {isStale && (
        <strong className="ms-2 font-medium text-gold" title={t('The data are newer. Run marquee spark {job}.', { job })}>
          {t('stale')}
        </strong>
      )}
    </p>
  );
}
