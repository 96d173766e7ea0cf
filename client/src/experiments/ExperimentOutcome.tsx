/** What an experiment shows, on its card: the change of hours watched, or that its people are not spread as planned. */
import { TriangleAlert } from 'lucide-react';
import { Change } from '../components/Change';
import { ExperimentDocument } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { GUARDRAILS, METRICS, type MetricResult } from './metrics';
import { VerdictBadge } from './VerdictBadge';

/** Nothing while it loads, and where it can't be told: the experiment's own page says why. */
export function ExperimentOutcome({ id }: { readonly id: string }) {
  // All metrics of its page, because what is judged together is corrected together: both give the same verdict.
  const { data } = useOperation(ExperimentDocument, { id, metrics: [...METRICS], guardrails: [...GUARDRAILS] });
  const found = data?.data.experiment;
  if (!found) return null;
  if (found.sampleRatioMismatch) {
    return (
      <p data-field="outcome" data-value="MISMATCH" className="flex items-center gap-1.5 text-sm font-medium text-bad">
        <TriangleAlert className="size-4 shrink-0" aria-hidden />
        {t('People are not spread as planned')}
      </p>
    );
  }
  const hours = found.metrics.find(({ metric }) => metric === 'WATCH_HOURS');
  return hours ? <Outcomes metric={hours} /> : null;
}

function Outcomes({ metric }: { readonly metric: MetricResult }) {
  const compared = metric.variants.filter(({ difference }) => difference?.relative != null);
  return (
    <ul className="flex flex-col gap-1 sm:items-end">
      {compared.map(({ id, variant, difference }) => difference && (
        <li key={id} data-field="outcome" data-value={difference.verdict} className="flex flex-wrap items-center gap-x-2 text-sm">
          {compared.length > 1 && <span className="font-medium wrap-anywhere">{variant}</span>}
          <span className="text-muted">{t(metric.label)}</span>
          <Change field="relative.watchHours" value={difference.relative} isSure={difference.verdict !== 'UNCLEAR'} />
          <VerdictBadge verdict={difference.verdict} guardrail={null} />
        </li>
      ))}
    </ul>
  );
}
