/** One experiment: how people are spread, a row for each metric with both its intervals, and the same within segments. */
import { FlaskConical } from 'lucide-react';
import { Link } from '../components/Link';
import { ErrorNotice } from '../components/Notice';
import { PageSkeleton } from '../components/PageSkeleton';
import { PageTitle } from '../components/PageTitle';
import { Panel } from '../components/Panel';
import { SegmentedControl } from '../components/SegmentedControl';
import { Select } from '../components/Select';
import { GUARDRAILS, METRICS, type MetricResult } from '../experiments/metrics';
import { MetricRows } from '../experiments/MetricRows';
import { SpreadPanel } from '../experiments/SpreadPanel';
import { formatCountry, formatInstant, named } from '../format';
import { ExperimentDocument, type ExperimentSegment } from '../generated/operations';
import { useOperation } from '../hooks/useOperation';
import { t } from '../i18n/i18n';
import { dimensionLabel, shortLabel } from '../labels';
import { useNavigate, usePath, useSearch } from '../view/router';
import { useView } from '../view/useView';
import { viewOnly } from '../view/view';
import { NotFoundPage } from './NotFoundPage';

const SEGMENTS = { country: 'COUNTRY', subscription: 'SUBSCRIPTION', ageBand: 'AGE_BAND', gender: 'GENDER' } as const satisfies Record<string, ExperimentSegment>;
type Segment = keyof typeof SEGMENTS;
const WINDOWS = ['7', '14', '28'] as const;

export function ExperimentPage({ id }: { readonly id: string }) {
  const { segment, days, choose } = useChoices();
  const variables = { id, metrics: [...METRICS], guardrails: [...GUARDRAILS], segmentBy: SEGMENTS[segment], windowDays: days ? Number(days) : null };
  const result = useOperation(ExperimentDocument, variables);
  const search = useSearch();
  const { view } = useView();
  if (result.isError) return <ErrorNotice error={result.error} onRetry={() => void result.refetch()} />;
  if (result.isPending) return <PageSkeleton />;
  const found = result.data.data.experiment;
  if (!found) return <NotFoundPage path={`/experiments/${id}`} />;
  const { name, start, end, control } = found.experiment;
  return (
    <>
      <PageTitle
        above={<Link to={`/experiments${viewOnly(search)}`} className="text-accent hover:underline">{t('All experiments')}</Link>}
        title={name}
        note={end ? t('{start} to {end}', { start: formatInstant(start, view.timeZone), end: formatInstant(end, view.timeZone) }) : t('Since {start}', { start: formatInstant(start, view.timeZone) })}
      >
        <Select label={t('How long a person counts')} all={t('Until the end')} value={days} onChange={(value) => { choose('days', value); }}>
          {WINDOWS.map((one) => <option key={one} value={one}>{t('{n} days for each person', { n: one })}</option>)}
        </Select>
      </PageTitle>
      <SpreadPanel result={found} />
      <Panel
        testId="panel-experiment-metrics"
        title={t('Metrics')}
        note={t('Against {control}. Figures are as counted; from changes, what the four weeks before predict is taken off. The thick line holds for one planned look, the thin one however often you look', { control })}
        result={result}
        select={({ experiment }) => experiment?.metrics}
        empty={t('Nobody was assigned yet.')}
        EmptyIcon={FlaskConical}
      >
        {(metrics) => <MetricRows metrics={metrics} nameOf={({ label }) => t(label)} />}
      </Panel>
      <Panel
        testId="panel-experiment-segments"
        title={t('Hours watched by {segment}', { segment: dimensionLabel(segment) })}
        note={t('Corrected for all comparisons of all segments')}
        result={result}
        select={({ experiment }) => experiment?.segments.filter(({ metric }) => metric === 'WATCH_HOURS')}
        empty={t('Nobody was assigned yet.')}
        EmptyIcon={FlaskConical}
        controls={
          <SegmentedControl
            label={t('Segments')}
            value={segment}
            onChange={(value) => { choose('by', value); }}
            options={(Object.keys(SEGMENTS) as Segment[]).map((value) => ({ value, label: shortLabel(value) }))}
          />
        }
      >
        {(metrics) => <MetricRows metrics={metrics} nameOf={(one) => segmentName(segment, one)} />}
      </Panel>
    </>
  );
}

function segmentName(segment: Segment, { segment: value }: MetricResult): string {
  return segment === 'country' && value ? formatCountry(value) : t(named(value));
}

/** What of the experiment is shown, kept in the address so that a link shows the same. */
function useChoices() {
  const search = useSearch();
  const path = usePath();
  const navigate = useNavigate();
  const query = new URLSearchParams(search);
  const [by, days] = [query.get('by'), query.get('days') ?? ''];

  function choose(name: 'by' | 'days', value: string): void {
    if (value) query.set(name, value);
    else query.delete(name);
    navigate(`${path}?${query}`);
  }

  const segment: Segment = by !== null && by in SEGMENTS ? (by as Segment) : 'country';
  return { segment, days: WINDOWS.some((one) => one === days) ? days : '', choose };
}
