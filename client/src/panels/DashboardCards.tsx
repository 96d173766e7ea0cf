/** The four headline figures of the range. */
import { CircleCheckBig, Clock, Eye, Users } from 'lucide-react';
import type { ReactNode } from 'react';
import { Change } from '../components/Change';
import { Figure } from '../components/Figure';
import { ErrorNotice } from '../components/Notice';
import { Sparkline } from '../components/Sparkline';
import { StatCard } from '../components/StatCard';
import type { DashboardQuery } from '../generated/operations';
import { MEASURES } from '../model';
import type { OperationPanelProps } from './panelProps';

interface DashboardCardsProps extends OperationPanelProps<DashboardQuery> {
  /** Views by day, oldest first, if the page has them. */
  readonly viewsByDay?: readonly number[] | undefined;
}

export function DashboardCards({ result, viewsByDay = [] }: DashboardCardsProps) {
  if (result.isError) return <ErrorNotice error={result.error} onRetry={() => void result.refetch()} />;
  if (result.isPending) return <CardSkeletons />;
  const { dashboard } = result.data.data;
  const { change, previous } = dashboard;
  return (
    <CardGrid busy={result.isFetching}>
      <StatCard
        testId="card-users"
        measure="users"
        Icon={Users}
        field="totalUsers"
        value={dashboard.totalUsers}
      >
        <span className="flex flex-wrap items-center justify-between gap-x-3">
          <span>
            <Figure className="font-medium text-ink" field="activeUsers" value={dashboard.activeUsers} unit={MEASURES.viewers.unit} /> active in
            this range
          </span>
          {change && <Change field="change.activeUsers" value={change.activeUsers} />}
        </span>
      </StatCard>
      <StatCard
        testId="card-views"
        measure="views"
        Icon={Eye}
        field="totalViews"
        value={dashboard.totalViews}
        change={change?.totalViews}
      >
        <Sparkline values={viewsByDay} />
      </StatCard>
      <StatCard
        testId="card-watch-hours"
        measure="watchHours"
        Icon={Clock}
        field="watchHours"
        value={dashboard.watchHours}
        change={change?.watchHours}
      >
        {previous && (
          <>
            <Figure field="previous.watchHours" value={previous.watchHours} unit={MEASURES.watchHours.unit} /> in the previous period
          </>
        )}
      </StatCard>
      <StatCard
        testId="card-completion"
        measure="completionRate"
        Icon={CircleCheckBig}
        field="completionRate"
        value={dashboard.completionRate}
        change={change?.completionRate}
      >
        {MEASURES.averageRating.label} <Figure className="font-medium text-ink" field="averageRating" value={dashboard.averageRating} />
      </StatCard>
    </CardGrid>
  );
}

function CardGrid({ busy, children }: { readonly busy: boolean; readonly children: ReactNode }) {
  return (
    <section aria-label="Headline figures" aria-busy={busy} className="@container relative">
      {busy && <div className="progress-line" />}
      <div className="grid gap-4 @xl:grid-cols-2 @5xl:grid-cols-4">{children}</div>
    </section>
  );
}

function CardSkeletons() {
  return (
    <CardGrid busy>
      <span role="status" className="sr-only">
        Loading the headline figures
      </span>
      {['users', 'views', 'hours', 'completion'].map((card) => (
        <div key={card} className="h-34 animate-pulse rounded-xl border border-line bg-surface p-5">
          <div className="h-4 w-24 rounded bg-raised" />
          <div className="mt-4 h-8 w-32 rounded bg-raised" />
        </div>
      ))}
    </CardGrid>
  );
}
