/** A panel keeps its last figures while it loads, explains errors, and offers its figures as a table. */
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RequestError } from '../src/api/errors';
import { MaskedCell } from '../src/components/MaskedCell';
import { Panel } from '../src/components/Panel';
import type { DailyTrendsQuery, DataQualityQuery, RankingsQuery } from '../src/generated/operations';
import type { OperationResult } from '../src/hooks/useOperation';
import { DailyTrendsPanel } from '../src/panels/DailyTrendsPanel';
import { DataQualityPanel } from '../src/panels/DataQualityPanel';
import { RankingsPanel } from '../src/panels/RankingsPanel';

const DAY = { id: 'day', day: '2026-11-23', views: 1234, viewers: 900, watchHours: 1500.25, completionRate: 0.61834 };

/** The part of a query result that panels read. */
function result<TData>(state: Partial<OperationResult<TData>>): OperationResult<TData> {
  return { isError: false, isPending: false, isFetching: false, refetch: vi.fn(), ...state } as OperationResult<TData>;
}

function answered<TData>(data: TData, state: Partial<OperationResult<TData>> = {}): OperationResult<TData> {
  return result<TData>({ data: { data, provenance: {} }, ...state } as Partial<OperationResult<TData>>);
}

beforeEach(() => {
  // happy-dom has no layout, and charts need a size.
  vi.spyOn(HTMLElement.prototype, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, 0, 640, 240));
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it('keeps the last figures while newer ones load', () => {
  const loading = answered<DailyTrendsQuery>({ dailyTrends: [DAY] }, { isFetching: true });
  render(<DailyTrendsPanel result={loading} />);
  expect(screen.getByTestId('panel-daily').dataset.state).toBe('updating');
  expect(screen.getByText('1,234')).toBeTruthy();
});

it('carries each raw figure, so that tests can compare it with the database', () => {
  render(<DailyTrendsPanel result={answered<DailyTrendsQuery>({ dailyTrends: [DAY] })} />);
  const row = screen.getByTestId('panel-daily').querySelector('[data-row="2026-11-23"]');
  const raw = [...(row?.querySelectorAll<HTMLElement>('[data-field]') ?? [])].map(({ dataset }) => [dataset.field, dataset.value]);
  expect(raw).toEqual([
    ['views', '1234'],
    ['viewers', '900'],
    ['watchHours', '1500.25'],
    ['completionRate', '0.61834'],
  ]);
});

it('switches from a chart to a table', async () => {
  render(<DailyTrendsPanel result={answered<DailyTrendsQuery>({ dailyTrends: [DAY] })} />);
  const toggle = screen.getByRole('button', { name: 'Show Day by day as a table' });
  expect(toggle.getAttribute('aria-pressed')).toBe('false');
  await userEvent.click(toggle);
  expect(toggle.getAttribute('aria-pressed')).toBe('true');
  expect(screen.getByRole('region', { name: 'Day by day as a table' })).toBeTruthy();
});

it('shows the server’s message and code, and retries on request', async () => {
  const error = new RequestError('TIMEOUT', 'Choose a shorter range.');
  const failed = result<DailyTrendsQuery>({ isError: true, error });
  render(<DailyTrendsPanel result={failed} />);
  expect(screen.getByRole('alert').textContent).toContain('Choose a shorter range.');
  expect(screen.getByText('TIMEOUT')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Retry' }));
  expect(failed.refetch).toHaveBeenCalledOnce();
});

it('says which command computes a missing chart', () => {
  render(<RankingsPanel result={answered<RankingsQuery>({ rankings: [] })} />);
  expect(screen.getByText('marquee spark rankings')).toBeTruthy();
});

it('says how old a job’s result is, and that the data are newer', () => {
  const age = { job: 'rankings', computedAt: '2026-11-20T02:10:00Z', dataThrough: '2026-11-19T23:59:00Z', isStale: true };
  const other = { job: 'churn', computedAt: '2026-11-01T00:00:00Z', dataThrough: null, isStale: false };
  const data = { data: { rankings: [] } as RankingsQuery, provenance: { results: [{ path: 'rankings', ...age }, { path: 'x', ...other }] } };
  render(
    <Panel testId="panel-x" title="X" job="rankings" result={result<RankingsQuery>({ data })} select={() => []} empty="none">
      {() => null}
    </Panel>,
  );
  const [shown, ...more] = screen.getByTestId('panel-x').querySelectorAll<HTMLElement>('[data-age]');
  expect(more).toEqual([]);
  expect(shown?.dataset).toMatchObject({ age: 'rankings', stale: 'true' });
  expect(shown?.textContent).toBe('Computed Nov 20, 2026, 02:10 UTC · data through Nov 19, 2026, 23:59 UTCstale');
});

it('marks a masked value, even when nothing of it is left', () => {
  render(<MaskedCell field="gender" value={null} strategy="NULL" />);
  const cell = screen.getByTestId('masked-cell');
  expect(cell.title).toBe('masked for your role');
  expect(cell.textContent).toContain('hidden');
});

it('does not mark what the role may see', () => {
  render(<MaskedCell field="email" value="maria@example.org" strategy={undefined} />);
  expect(screen.queryByTestId('masked-cell')).toBeNull();
});

const ROUND: DataQualityQuery['dataQuality'][number] = {
  id: 'round',
  load: 12,
  firstLoad: 10,
  loads: 3,
  undone: 0,
  table: 'VIEWING_SESSIONS',
  doneAt: '2026-11-23T10:00:00.000Z',
  checkedAt: '2026-11-23T10:00:01.000Z',
  rows: 1234,
  accepted: 1234,
  duplicates: 0,
  quarantined: 0,
  status: 'FAIL',
  checks: [
    {
      id: 'nulls',
      check: 'NULLS',
      label: 'Missing values',
      subject: 'device_type',
      status: 'FAIL',
      value: 1,
      expected: 0.012,
      threshold: 0.312,
      sentence: '1,234 of 1,234 rows have no device_type, 1.2% before.',
    },
    { id: 'late', check: 'LATE', label: 'Late', subject: null, status: 'PASS', value: 0, expected: 0, threshold: 0.25, sentence: '0 rows.' },
  ],
};

it('shows each load’s warnings and failures, and all other checks on request', () => {
  render(<DataQualityPanel timeZone="UTC" result={answered<DataQualityQuery>({ dataQuality: [ROUND] })} />);
  const row = screen.getByTestId('panel-quality').querySelector('[data-row="12"]');
  expect(row?.querySelector('h3')?.textContent).toBe('Viewing sessions loads 10 to 12 · 1,234 rows · Nov 23, 2026, 10:00 UTC');
  const spoken = [...(row?.querySelectorAll('ul li') ?? [])].map(({ textContent }) => textContent);
  expect(spoken).toEqual(['Fail Missing values: device type. 1,234 of 1,234 rows have no device_type, 1.2% before.']);
  const statuses = [...(row?.querySelectorAll<HTMLElement>('details [data-field=status]') ?? [])].map(({ dataset }) => dataset.value);
  expect(statuses).toEqual(['FAIL', 'PASS']);
});

it('says that a load’s checks are pending', () => {
  const waiting = { ...ROUND, load: 10, loads: 1, status: null, checkedAt: null, checks: [] };
  render(<DataQualityPanel timeZone="UTC" result={answered<DataQualityQuery>({ dataQuality: [waiting] })} />);
  expect(screen.getByText('Checks pending')).toBeTruthy();
  expect(screen.queryByText('All checks')).toBeNull();
});

it('says that a load was partly undone', () => {
  const undone = { ...ROUND, undone: 1 };
  render(<DataQualityPanel timeZone="UTC" result={answered<DataQualityQuery>({ dataQuality: [undone] })} />);
  expect(screen.getByRole('heading', { level: 3 }).textContent).toMatch(/ · partly undone$/);
});
