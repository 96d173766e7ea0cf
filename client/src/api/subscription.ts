/** Runs a published subscription over a WebSocket (graphql-transport-ws), and reconnects when the connection breaks. */
import type { TypedDocumentString } from '../generated/operations';
import { documentIdOf } from './transport';
import { PREFIX } from '../prefix';
import { authorizationOf } from '../session/token';

const PROTOCOL = 'graphql-transport-ws';
/** Close codes of the protocol. Retrying with the same token and document would fail the same way. */
const FINAL_CODES = { from: 4400, to: 4499 };
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

interface Message<TData> {
  readonly type: string;
  readonly payload?: { readonly data?: TData | null };
}

interface Subscriber<TData> {
  readonly onEvent: (data: TData) => void;
  /** Whether this event is the last. Left out for subscriptions that never end. */
  readonly isLast?: (data: TData) => boolean;
}

/** Calls `onEvent` for each event until the last one, until the server refuses, or until the returned function is called. */
export function subscribe<TData, TVariables>(
  token: string,
  document: TypedDocumentString<TData, TVariables>,
  variables: TVariables,
  { onEvent, isLast = () => false }: Subscriber<TData>,
): () => void {
  let socket: WebSocket;
  let timer: number | undefined;
  let failures = 0;

  function connect() {
    socket = new WebSocket(addressOf(window.location), PROTOCOL);
    socket.onopen = () => {
      send(socket, { type: 'connection_init', payload: { Authorization: authorizationOf(token) } });
    };
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      receive(JSON.parse(data) as Message<TData>);
    };
    socket.onclose = ({ code }) => {
      if (code >= FINAL_CODES.from && code <= FINAL_CODES.to) return;
      timer = window.setTimeout(connect, pauseMs(failures++));
    };
  }

  function receive({ type, payload }: Message<TData>) {
    switch (type) {
      case 'connection_ack':
        send(socket, { id: '1', type: 'subscribe', payload: { documentId: documentIdOf(document), variables } });
        break;
      case 'next':
        if (payload?.data) {
          failures = 0;
          onEvent(payload.data);
          if (isLast(payload.data)) stop();
        }
        break;
      case 'ping':
        send(socket, { type: 'pong' });
        break;
      case 'complete':
        // The stream ended before its last event: reconnect.
        socket.close();
        break;
      case 'error':
        stop();
    }
  }

  function stop() {
    window.clearTimeout(timer);
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  connect();
  return stop;
}

function send(socket: WebSocket, message: Readonly<Record<string, unknown>>) {
  socket.send(JSON.stringify(message));
}

function addressOf({ protocol, host }: Location): string {
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}${PREFIX}/graphql`;
}

/** Exponential backoff with jitter, so that pages do not all reconnect at once. */
export function pauseMs(failures: number, chance: () => number = Math.random): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS) * (0.5 + chance() / 2);
}
