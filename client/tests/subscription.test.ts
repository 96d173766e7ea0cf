/** Subscriptions follow the protocol, reconnect when a connection breaks, and stay closed once the server refuses. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { subscribe, pauseMs } from '../src/api/subscription';
import { FreshnessDocument, PipelineRunDocument } from '../src/generated/operations';

class Socket {
  static readonly made: Socket[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: Record<string, unknown>[] = [];
  isClosed = false;

  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {
    Socket.made.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close() {
    this.isClosed = true;
  }
  hear(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

const heard: unknown[] = [];

function start() {
  return subscribe('one', FreshnessDocument, {}, { onEvent: (data) => heard.push(data) });
}

function only(): Socket {
  const [socket] = Socket.made.splice(0);
  if (!socket) throw new Error('no socket was made');
  return socket;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', Socket);
  heard.length = 0;
  Socket.made.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('connects with the token, subscribes by document id and passes events on', () => {
  start();
  const socket = only();
  expect([socket.url, socket.protocol]).toEqual(['ws://localhost:3000/graphql', 'graphql-transport-ws']);
  socket.onopen?.();
  socket.hear({ type: 'connection_ack' });
  expect(socket.sent[0]).toEqual({ type: 'connection_init', payload: { Authorization: 'Bearer one' } });
  expect(socket.sent[1]).toMatchObject({ id: '1', type: 'subscribe', payload: { documentId: expect.stringMatching(/^sha256:/) as string } });
  const data = { freshness: { dataThrough: null, loadedAt: null } };
  socket.hear({ id: '1', type: 'next', payload: { data } });
  socket.hear({ type: 'ping' });
  expect(heard).toEqual([data]);
  expect(socket.sent[2]).toEqual({ type: 'pong' });
});

it('reconnects when the connection breaks, but not after it was stopped', () => {
  const stop = start();
  only().onclose?.({ code: 1006 });
  expect(Socket.made).toHaveLength(0);
  vi.advanceTimersByTime(1_000);
  const again = only();
  again.onclose?.({ code: 1012 });
  stop();
  vi.advanceTimersByTime(60_000);
  expect(Socket.made).toHaveLength(0);
});

it.each([4400, 4401, 4403, 4429])('does not reconnect after the server closed with %i', (code) => {
  start();
  only().onclose?.({ code });
  vi.advanceTimersByTime(60_000);
  expect(Socket.made).toHaveLength(0);
});

it('closes the socket when the operation is refused', () => {
  start();
  const socket = only();
  socket.hear({ id: '1', type: 'error', payload: [{ message: 'Your role may not query freshness.' }] });
  expect(socket.isClosed).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(Socket.made).toHaveLength(0);
});

it('reconnects when an endless stream ends', () => {
  start();
  const socket = only();
  socket.hear({ id: '1', type: 'complete' });
  expect(socket.isClosed).toBe(true);
  socket.onclose?.({ code: 1005 });
  vi.advanceTimersByTime(1_000);
  only();
});

it('closes the socket after the last event', () => {
  const runs: unknown[] = [];
  subscribe('one', PipelineRunDocument, { id: 'a' }, {
    onEvent: ({ pipelineRun }) => runs.push(pipelineRun.endedAt),
    isLast: ({ pipelineRun }) => pipelineRun.endedAt !== null,
  });
  const socket = only();
  socket.hear({ type: 'connection_ack' });
  expect(socket.sent[0]).toMatchObject({ payload: { variables: { id: 'a' } } });
  socket.hear({ id: '1', type: 'next', payload: { data: { pipelineRun: { endedAt: null } } } });
  expect(socket.isClosed).toBe(false);
  socket.hear({ id: '1', type: 'next', payload: { data: { pipelineRun: { endedAt: '2026-11-23T10:00:00Z' } } } });
  expect(socket.isClosed).toBe(true);
  expect(runs).toEqual([null, '2026-11-23T10:00:00Z']);
  vi.advanceTimersByTime(60_000);
  expect(Socket.made).toHaveLength(0);
});

it('waits longer after each failure, up to half a minute', () => {
  expect([0, 1, 2, 10].map((failures) => pauseMs(failures, () => 1))).toEqual([1_000, 2_000, 4_000, 30_000]);
  expect(pauseMs(0, () => 0)).toBe(500);
});
