/** Who came back: people by the week or month of their first session, and the share that watched again after each. */
import { HeatGrid, type HeatRow } from '../charts/HeatGrid';
import { Panel } from '../components/Panel';
import { format, formatDay } from '../format';
import type { AudienceQuery, CohortGrain } from '../generated/operations';
import { SegmentedControl } from '../components/SegmentedControl';
import { t } from '../i18n/i18n';
import { nothingInRange, type OperationPanelProps } from './panelProps';

type Cohort = AudienceQuery['retention'][number];

interface RetentionPanelProps extends OperationPanelProps<Pick<AudienceQuery, 'retention'>> {
  readonly cohort: CohortGrain;
  readonly onCohort: (cohort: CohortGrain) => void;
}

export function RetentionPanel({ result, source, className, cohort, onCohort }: RetentionPanelProps) {
  const options = [{ value: 'WEEK', label: t('Weeks') }, { value: 'MONTH', label: t('Months') }] as const;
  return (
    <Panel
      testId="panel-retention"
      title={t('Retention')}
      note={t('Of those who first watched in a period, the share that came back in each period after it')}
      exception={t('not compared; cohorts are counted whole, beyond the range too')}
      className={className}
      result={result}
      source={source}
      select={(data) => data.retention}
      empty={nothingInRange()}
      actions={<SegmentedControl label={t('Length of the periods')} options={options} value={cohort} onChange={onCohort} />}
    >
      {(cohorts) => (
        <HeatGrid
          caption={t('Retention')}
          corner={t('First watched')}
          headings={[t('People'), ...Array.from({ length: lastPeriod(cohorts) }, (_, index) => `+${index + 1}`)]}
          rows={cohorts.map((one) => rowOf(one, cohort, lastPeriod(cohorts)))}
          greatest={1}
          showsText
        />
      )}
    </Panel>
  );
}

/** The last period that is over for any cohort. */
function lastPeriod(cohorts: readonly Cohort[]): number {
  const over = cohorts.flatMap(({ returns }) => returns.filter(({ share }) => share !== null).map(({ period }) => period));
  return Math.max(...over, 1);
}

function rowOf({ start, viewers, complete, returns }: Cohort, cohort: CohortGrain, periods: number): HeatRow {
  const heading = cohort === 'WEEK' ? formatDay(start, 'axis') : formatDay(start, 'month');
  return {
    key: start,
    heading: complete ? heading : t('{period}, so far', { period: heading }),
    cells: [
      { key: 'viewers', value: null, text: format(viewers, 'count'), title: '' },
      ...returns.slice(0, periods).map(({ period, viewers: back, share }) => ({
        key: `period-${period}`,
        value: share,
        text: share === null ? '' : format(share, 'fraction'),
        title: share === null ? t('Not over yet') : t('{count} of {all} people', { count: format(back, 'count'), all: format(viewers, 'count') }),
      })),
    ],
  };
}

