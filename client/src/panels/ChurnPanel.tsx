/** Users who may not come back within 30 days, the likeliest first, and what speaks for it. */
import { Bar } from '../components/Bar';
import { NotComputed } from '../components/NotComputed';
import { Figure } from '../components/Figure';
import { Link } from '../components/Link';
import { Panel } from '../components/Panel';
import { format, formatSlug, formatValue } from '../format';
import type { PredictionsQuery } from '../generated/operations';
import { t } from '../i18n/i18n';
import { userUrl } from '../view/entityUrl';
import type { OperationPanelProps } from './panelProps';

type Risk = PredictionsQuery['churnRisk'][number];
const REASONS = 2;

export function ChurnPanel({ result, source, className }: OperationPanelProps<Pick<PredictionsQuery, 'churnRisk'>>) {
  return (
    <Panel
      testId="panel-churn"
      title={t('May not come back')}
      note={t('Active users, by how likely they are not to watch within 30 days')}
      className={className}
      result={result}
      job="churn"
      source={source}
      select={({ churnRisk }) => churnRisk}
      empty={<NotComputed job="churn">{t('No risk has been computed yet.')}</NotComputed>}
    >
      {(risks) => (
        <ul className="flex flex-col text-sm">
          {risks.map((risk) => (
            <li key={risk.user.sourceId} data-row={risk.user.sourceId} className="grid grid-cols-[minmax(0,1fr)_5.5rem] items-center gap-x-4 border-b border-line py-2 last:border-0">
              <div className="min-w-0">
                <Link to={userUrl(risk.user.sourceId)} className="font-medium underline-offset-4 hover:text-accent hover:underline">
                  {risk.user.username ?? risk.user.sourceId}
                </Link>
                <span className="ms-2 text-xs text-muted">{formatValue('country', risk.user.country)} · {formatValue('subscription', risk.user.subscription)}</span>
                <p className="truncate text-xs text-muted">{reasonsOf(risk)}</p>
              </div>
              <div className="flex flex-col gap-1 text-end">
                <Figure className="font-medium" field="probability" value={risk.probability} unit="fraction" />
                <Bar value={risk.probability} longest={1} color="var(--series-2)" />
              </div>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** The features that weigh most in the model, with this user's values. */
function reasonsOf({ features }: Risk): string {
  return features
    .toSorted((one, other) => (other.importance ?? 0) - (one.importance ?? 0))
    .slice(0, REASONS)
    .map(({ name, value }) => `${formatSlug(name)}: ${format(value, 'metric')}`)
    .join(' · ');
}
