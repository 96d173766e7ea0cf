/** How good the models are, in words, each beside the simple rule that it has to beat. */
import { CircleCheck, CircleDashed, TriangleAlert } from 'lucide-react';
import { NotComputed } from '../components/NotComputed';
import { Figure } from '../components/Figure';
import { Panel } from '../components/Panel';
import { formatSlug } from '../format';
import type { ModelReportsQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { metricLabel, type Verdict, verdictOf } from './modelWords';
import type { OperationPanelProps } from './panelProps';

const LOOKS = {
  better: { Icon: CircleCheck, tone: 'text-good', label: () => t('Better than the simple rule') },
  'not better': { Icon: TriangleAlert, tone: 'text-gold', label: () => t('Not better than the simple rule') },
  unknown: { Icon: CircleDashed, tone: 'text-muted', label: () => t('No rule to beat') },
} as const;

export function ModelReportsPanel({ result, source, className }: OperationPanelProps<ModelReportsQuery>) {
  return (
    <Panel
      testId="panel-models"
      title={t('How good the models are')}
      note={t('Measured on data that they had not seen')}
      className={className}
      result={result}
      source={source}
      select={(data) => data.modelReports}
      empty={<NotComputed job="recommendations">{t('No model has been measured yet.')}</NotComputed>}
    >
      {(reports) => (
        <ul className="flex flex-col text-sm">
          {reports.map(({ job, metric, model, baseline }) => (
            <li key={`${job} ${metric}`} data-row={`${job.toLowerCase()} ${metric}`} className="flex flex-col gap-0.5 border-b border-line py-2 last:border-0">
              <span className="flex items-baseline justify-between gap-3">
                <span className="min-w-0">{metricLabel(metric)}</span>
                <Figure className="shrink-0 font-medium" field="model" value={model} unit="metric" />
              </span>
              <span className="flex items-center justify-between gap-3 text-xs text-muted">
                <VerdictBadge job={job} verdict={verdictOf(metric, model, baseline)} />
                {baseline !== null && (
                  <span>
                    {t('rule')} <Figure field="baseline" value={baseline} unit="metric" />
                  </span>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function VerdictBadge({ job, verdict }: { readonly job: string; readonly verdict: Verdict }) {
  const { Icon, tone, label } = LOOKS[verdict];
  return (
    <span className="inline-flex items-center gap-1.5">
      <Icon className={`size-3.5 ${tone}`} aria-hidden />
      {formatSlug(job.toLowerCase())} · {label()}
    </span>
  );
}
