/** The dashboard's view, kept in the URL, and the variables that every panel derives from it. */
import { useCallback, useMemo } from 'react';
import type { TimeRange, ViewingFilter } from '../generated/operations';
import { readView, toTimeRange, toViewingFilter, type View, writeView } from './dashboardView';
import { useNavigate, useSearch } from './router';

export interface PanelVariables {
  readonly range: TimeRange;
  readonly timeZone: string;
  readonly where?: ViewingFilter;
}

export function useDashboardView(): { view: View; variables: PanelVariables; change: (changes: Partial<View>) => void } {
  const search = useSearch();
  const navigate = useNavigate();
  const view = useMemo(() => readView(search), [search]);
  const variables = useMemo(() => toVariables(view), [view]);
  const change = useCallback(
    (changes: Partial<View>) => {
      const { pathname, search: current } = window.location;
      navigate(pathname + writeView({ ...readView(current), ...changes }, current));
    },
    [navigate],
  );
  return { view, variables, change };
}

function toVariables({ range, timeZone, filters }: View): PanelVariables {
  const where = toViewingFilter(filters);
  return { range: toTimeRange(range), timeZone, ...(where && { where }) };
}
