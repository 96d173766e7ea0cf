/** What no job has computed yet says how far the job is, to those who may see runs, and how to start it to all others. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { documentIdOf } from '../src/api/transport';
import { PipelineRunsDocument, ViewerDocument } from '../src/generated/operations';
import { JobProgress } from '../src/panels/JobProgress';
import { SessionContext } from '../src/session/useSession';

const STEP = { progress: 0, detail: null, startedAt: null, endedAt: null, rows: null } as const;
const RUN = {
  id: 'PipelineRun:a', sourceId: 'a', state: 'RUNNING', by: 'demo', startedAt: '2026-11-23T10:00:00Z', endedAt: null as string | null, log: [], outcome: null,
  steps: [
    { ...STEP, step: 'RANKINGS', state: 'DONE', progress: 1 },
    { ...STEP, step: 'CHURN', state: 'RUNNING', progress: 0.25 },
    { ...STEP, step: 'FORECAST', state: 'WAITING' },
  ],
};

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show(job: string, permissions: readonly string[], scope: readonly object[], run: typeof RUN) {
  vi.stubGlobal('fetch', vi.fn((_: string, init: RequestInit) => {
    const isOfRuns = (JSON.parse(init.body as string) as { documentId: string }).documentId === documentIdOf(PipelineRunsDocument);
    const data = isOfRuns ? { pipelineRuns: [run] } : { viewer: { subject: 'ada', role: 'ADMIN', permissions, scope, masks: [] } };
    return Promise.resolve(new Response(JSON.stringify({ data })));
  }));
  render(
    <SessionContext value={{ token: 'one', signOut: () => undefined }}>
      <QueryClientProvider client={new QueryClient()}>
        <JobProgress job={job}>How to start it.</JobProgress>
      </QueryClientProvider>
    </SessionContext>,
  );
}

it.each([
  ['churn', 'It is being computed now, 25.0% is done.'],
  ['forecast', 'It is computed after Churn, which is at work.'],
  ['rankings', 'How to start it.'],
  ['geography', 'How to start it.'],
])('%s: %s', async (job, text) => {
  show(job, ['runPipeline'], [], RUN);
  await vi.waitFor(() => { expect(vi.mocked(fetch)).toHaveBeenCalledTimes(2); });
  expect(await screen.findByText(text)).toBeTruthy();
});

it('asks for the page once more when the job is done, also where it was the last of its run', async () => {
  const run = { ...RUN, steps: RUN.steps.map((one) => ({ ...one })) };
  show('churn', ['runPipeline'], [], run);
  await screen.findByText('It is being computed now, 25.0% is done.');
  for (const step of run.steps) step.state = 'DONE';
  Object.assign(run, { state: 'DONE', endedAt: '2026-11-23T11:00:00Z' });
  const asked = () => vi.mocked(fetch).mock.calls.filter(([, init]) => (init?.body as string).includes(documentIdOf(ViewerDocument))).length;
  expect(asked()).toBe(1);
  await vi.waitFor(() => { expect(asked()).toBe(2); }, 5_000);
  expect(await screen.findByText('How to start it.')).toBeTruthy();
});

it('is of the present run only', async () => {
  show('churn', ['runPipeline'], [], { ...RUN, state: 'DONE', endedAt: '2026-11-23T11:00:00Z' });
  await vi.waitFor(() => { expect(vi.mocked(fetch)).toHaveBeenCalledTimes(2); });
  expect(await screen.findByText('How to start it.')).toBeTruthy();
});

it.each([
  [[], []],
  [['runPipeline'], [{ name: 'country', values: ['DE'] }]],
])('asks for no runs with the permissions %j and the scope %j', async (permissions, scope) => {
  show('churn', permissions, scope, RUN);
  await vi.waitFor(() => { expect(vi.mocked(fetch)).toHaveBeenCalledOnce(); });
  expect(screen.getByText('How to start it.')).toBeTruthy();
});
