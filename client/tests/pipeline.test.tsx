/** The pipeline page: steps run in order, a run shows its progress, and its end is final. */
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { PipelineFormPanel } from '../src/panels/PipelineFormPanel';
import { progressOf, latestReport, type PipelineRun } from '../src/panels/pipelineRun';
import { PipelineRunPanel } from '../src/panels/PipelineRunPanel';
import { formError, EMPTY_FORM, toggled, toStepInputs } from '../src/panels/pipelineSteps';

afterEach(cleanup);

const STEP = { progress: 0, detail: null, startedAt: null, endedAt: null, rows: null } as const;
const RUN: PipelineRun = {
  id: 'PipelineRun:a',
  sourceId: 'a',
  state: 'RUNNING',
  by: 'ada',
  startedAt: '2026-11-23T10:00:00Z',
  endedAt: null,
  steps: [
    { ...STEP, step: 'VERIFY', state: 'DONE', progress: 1, startedAt: '2026-11-23T10:00:00Z', endedAt: '2026-11-23T10:01:05Z', rows: 1234 },
    { ...STEP, step: 'RANKINGS', state: 'RUNNING', progress: 0.5, startedAt: '2026-11-23T10:01:05Z', detail: '2025-03' },
    { ...STEP, step: 'FORECAST', state: 'WAITING' },
  ],
  log: ['VERIFY: 1,234 rows agree'],
  outcome: null,
};
const ENDED: PipelineRun = { ...RUN, state: 'CANCELLED', endedAt: '2026-11-23T10:02:00Z', outcome: 'Cancelled in RANKINGS.' };

it('sends steps in order of dependency, each with its own options', () => {
  const chosen = ['RANKINGS', 'GENERATE', 'VERIFY'] as const;
  const form = chosen.reduce(toggled, { ...EMPTY_FORM, sessions: '1000', from: '2026-01-01' });
  expect(toStepInputs(form)).toEqual([{ step: 'GENERATE', sessions: 1000 }, { step: 'VERIFY' }, { step: 'RANKINGS', from: '2026-01-01' }]);
  expect(toStepInputs(toggled(form, 'GENERATE'))).toEqual([{ step: 'VERIFY' }, { step: 'RANKINGS', from: '2026-01-01' }]);
});

it.each([
  [{}, 'Choose at least one step.'],
  [{ steps: new Set(['GENERATE'] as const), sessions: '0' }, 'Sessions must be a whole number from 1 to 10,000,000.'],
  [{ steps: new Set(['GENERATE'] as const), sessions: '1e3' }, 'Sessions must be a whole number from 1 to 10,000,000.'],
  [{ steps: new Set(['RANKINGS'] as const), from: '2026-02-01', to: '2026-01-31' }, 'The last month is before the first.'],
  [{ steps: new Set(['VERIFY'] as const), sessions: '0' }, null],
])('validates the form %j: %s', (filled, complaint) => {
  expect(formError({ ...EMPTY_FORM, ...filled })).toBe(complaint);
});

it('progresses with its steps', () => {
  expect(progressOf(RUN)).toBe(0.5);
  expect(progressOf({ steps: [] })).toBe(0);
});

it('believes that a run has ended, whichever report says so', () => {
  expect(latestReport('PipelineRun:a', [RUN, ENDED])).toBe(ENDED);
  expect(latestReport('PipelineRun:a', [ENDED, RUN])).toBe(ENDED);
  expect(latestReport('PipelineRun:a', [null, RUN])).toBe(RUN);
  expect(latestReport('b', [RUN, undefined])).toBeNull();
});

it('runs the selected steps, or says why it can’t', async () => {
  const onRun = vi.fn();
  const { rerender } = render(<PipelineFormPanel className="" isBusy={false} error={null} onRun={onRun} />);
  const button = screen.getByRole('button', { name: 'Run' });
  await userEvent.click(button);
  expect(screen.getByText('Choose at least one step.')).toBeTruthy();
  await userEvent.click(screen.getByRole('checkbox', { name: /^Verify/ }));
  rerender(<PipelineFormPanel className="" isBusy error={null} onRun={onRun} />);
  await userEvent.click(button);
  expect(onRun).not.toHaveBeenCalled();
  rerender(<PipelineFormPanel className="" isBusy={false} error={null} onRun={onRun} />);
  await userEvent.click(button);
  expect(onRun).toHaveBeenCalledExactlyOnceWith([{ step: 'VERIFY' }]);
});

it('shows each step’s state and progress, the log, and a way to cancel', async () => {
  const onCancel = vi.fn();
  render(<PipelineRunPanel className="" run={RUN} isCancelling={false} error={null} onCancel={onCancel} />);
  const bars = screen.getAllByRole('progressbar').map((bar) => [bar.getAttribute('aria-label'), bar.getAttribute('aria-valuenow')]);
  expect(bars).toEqual([
    ['Run: progress', '0.5'],
    ['Verify: progress', '1'],
    ['Rankings: progress', '0.5'],
    ['Forecast: progress', '0'],
  ]);
  expect(screen.getByText('1 min 5 s')).toBeTruthy();
  expect(screen.getByRole('log').textContent).toBe('VERIFY: 1,234 rows agree');
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  expect(onCancel).toHaveBeenCalledOnce();
});

it('shows no figure for a running step that reports none', () => {
  const begun = { ...RUN, steps: [{ ...STEP, step: 'FORECAST', state: 'RUNNING' } as const] };
  render(<PipelineRunPanel className="" run={begun} isCancelling={false} error={null} onCancel={vi.fn()} />);
  expect(screen.getByRole('progressbar', { name: 'Forecast: progress' }).hasAttribute('aria-valuenow')).toBe(false);
});

it('shows the outcome of a finished run, which can’t be cancelled', () => {
  render(<PipelineRunPanel className="" run={ENDED} isCancelling={false} error={null} onCancel={vi.fn()} />);
  expect(screen.getByRole('status').textContent).toBe('Cancelled in RANKINGS.');
  expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull();
});
