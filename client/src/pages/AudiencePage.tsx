/** Who watches, when, where, and whether they come back. */
import { useState } from 'react';
import { ViewTitle } from '../components/PageTitle';
import { ViewNote } from '../components/ViewNote';
import { AudienceDocument, type CohortGrain, type ViewingFilter } from '../generated/operations';
import { useFilter } from '../hooks/useFilter';
import { useOperation } from '../hooks/useOperation';
import { useOwnRows, withFilter } from '../hooks/useOwnRows';
import { t } from '../i18n/i18n';
import { measureLabel } from '../labels';
import { BreakdownPanel } from '../panels/BreakdownPanel';
import { LinesPanel } from '../panels/LinesPanel';
import { RetentionPanel } from '../panels/RetentionPanel';
import { WeekPanel } from '../panels/WeekPanel';
import { WorldPanel } from '../panels/WorldPanel';
import { PRESENT, seriesColor } from '../theme/series';
import { useView } from '../view/useView';
import { PatternsSection } from './PatternsSection';

export function AudiencePage() {
  const { view, variables, uncompared, change } = useView();
  const filterBy = useFilter();
  const [cohort, setCohort] = useState<CohortGrain>('WEEK');
  const result = useOperation(AudienceDocument, variables && { ...variables, cohort });
  const asked = (where: ViewingFilter | undefined) => variables && { ...withFilter(variables, where), cohort };
  const countries = useOwnRows(AudienceDocument, 'country', result, asked);
  const ages = useOwnRows(AudienceDocument, 'ageBand', result, asked);
  const plans = useOwnRows(AudienceDocument, 'subscription', result, asked);
  const brush = (from: string, through: string) => { change({ range: { kind: 'days', from, through } }); };
  const compared = { result, exception: t('not compared') };
  return (
    <>
      <ViewTitle title={t('Audience')} note={<ViewNote provenance={result.data?.provenance} path="ages.rows" timeZone={view.timeZone} />} />
      <div className="grid gap-4 md:grid-cols-2">
        <RetentionPanel className="md:col-span-2" result={result} cohort={cohort} onCohort={setCohort} />
        <LinesPanel
          {...compared}
          testId="panel-newcomers"
          title={t('New and returning viewers')}
          rows={({ newcomers }) => newcomers.rows}
          start={({ day }) => day ?? ''}
          unit="count"
          series={[
            { field: 'returningViewers', label: measureLabel('returningViewers'), value: ({ returningViewers }) => returningViewers, color: PRESENT },
            { field: 'newViewers', label: measureLabel('newViewers'), value: ({ newViewers }) => newViewers, color: seriesColor(1) },
          ]}
          onBrush={brush}
        />
        <LinesPanel
          {...compared}
          testId="panel-stickiness"
          title={t('Stickiness')}
          note={t('The viewers of a day as a share of those of the month up to it')}
          rows={({ stickiness }) => stickiness}
          start={({ day }) => day}
          unit="fraction"
          series={[{ field: 'stickiness', label: t('Stickiness'), value: ({ stickiness }) => stickiness, color: PRESENT }]}
          onBrush={brush}
        />
        <WorldPanel className="md:col-span-2" result={countries} source={{ operation: 'Countries', variables: uncompared }} filter={filterBy('country')} />
        <LinesPanel
          {...compared}
          testId="panel-concurrency"
          title={t('Watching at once')}
          note={t('The most people watching at the same moment of each day')}
          rows={({ concurrency }) => concurrency}
          start={({ time }) => time}
          unit="count"
          series={[{ field: 'peakViewers', label: t('Peak viewers'), value: ({ peakViewers }) => peakViewers, color: PRESENT }]}
          onBrush={brush}
        />
        <WeekPanel result={result} timeZone={view.timeZone} />
        <BreakdownPanel
          testId="panel-ages"
          title={t('Ages')}
          result={ages}
          dimension="ageBand"
          measures={['viewers', 'views', 'watchHours']}
          rows={({ ages }) => ages.rows}
          filter={filterBy('ageBand')}
        />
        <BreakdownPanel
          testId="panel-plans"
          title={t('Subscriptions')}
          result={plans}
          dimension="subscription"
          measures={['viewers', 'views', 'watchHours']}
          rows={({ plans }) => plans.rows}
          filter={filterBy('subscription')}
        />
        <PatternsSection className="md:col-span-2" />
      </div>
    </>
  );
}
