/** The view of all pages, kept in the URL, and the variables that every panel derives from it. */
import { useCallback, useMemo } from 'react';
import type { Comparison, TimeRange, ViewingFilter } from '../generated/operations';
import { useNewestData } from '../api/newestData';
import { dayIn } from './calendarRange';
import { useNavigate, useSearch } from './router';
import { readView, toTimeRange, toViewingFilter, type View, writeView } from './view';
import { currentPath } from '../prefix';

export interface RangeVariables {
  readonly range: TimeRange;
  readonly timeZone: string;
  readonly where?: ViewingFilter;
}

export interface ViewVariables extends RangeVariables {
  readonly compareTo: Comparison | null;
}

export interface CurrentView {
  readonly view: View;
  /** With the comparison. Null until the newest data is known, where the range depends on it. */
  readonly variables: ViewVariables | null;
  /** The same for operations that compare nothing. */
  readonly uncompared: RangeVariables | null;
  readonly change: (changes: Partial<View>) => void;
}

export function useView(): CurrentView {
  const search = useSearch();
  const navigate = useNavigate();
  const newest = useNewestData();
  const view = useMemo(() => readView(search), [search]);
  const newestDay = newest ? dayIn(view.timeZone, newest) : null;
  const uncompared = useMemo(() => toVariables(view, newestDay), [view, newestDay]);
  const variables = useMemo(() => uncompared && { ...uncompared, compareTo: view.compareTo }, [uncompared, view]);
  const change = useCallback(
    (changes: Partial<View>) => {
      const current = window.location.search;
      navigate(currentPath() + writeView({ ...readView(current), ...changes }, current));
    },
    [navigate],
  );
  return { view, variables, uncompared, change };
}

function toVariables({ range, timeZone, filters }: View, newestDay: string | null): RangeVariables | null {
  const instants = toTimeRange(range, newestDay);
  const where = toViewingFilter(filters);
  return instants && { range: instants, timeZone, ...(where && { where }) };
}
