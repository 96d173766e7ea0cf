/** Events of a published subscription over a WebSocket, in the protocol graphql-transport-ws; a connection that breaks is made anew. */
import type { TypedDocumentString } from '../generated/operations';
import { documentIdOf } from './transport';

const PROTOCOL = 'graphql-transport-ws';
/** The server's own close codes: asking again with the same token and document would end the same way. */
const FINAL_CODES = { from: 4400, to: 4499 };
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

interface Message<TData> {
  readonly type: string;
  readonly payload?: { readonly data?: TData | null };
}

interface Subscriber<TData> {
  readonly onEvent: (data: TData) => void;
  /** Whether events end with this one; without it they have no end. */
  readonly isLast?: (data: TData) => boolean;
}

/** Calls `onEvent` for each event until the last, or the returned function is called, or the server says that it will not answer. */
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
      send(socket, { type: 'connection_init', payload: { Authorization: `Bearer ${token}` } });
    };
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      hear(JSON.parse(data) as Message<TData>);
    };
    socket.onclose = ({ code }) => {
      if (code >= FINAL_CODES.from && code <= FINAL_CODES.to) return;
      timer = window.setTimeout(connect, pauseMs(failures++));
    };
  }

  function hear({ type, payload }: Message<TData>) {
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
        // Something went wrong on the way: the last event was not among them.
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
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/graphql`;
}

/** Longer after each failure, and not the same for all pages that lost one server. */
export function pauseMs(failures: number, chance: () => number = Math.random): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS) * (0.5 + chance() / 2);
}
