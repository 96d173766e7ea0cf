/** A subscription over server-sent events, which is opened again where its stream breaks. */
import { asError, MarqueeError } from './errors.js';
import { hashed, isUnknownHash, type Operation, whole } from './operation.js';
import { dataOf, type Body, readData } from './responses.js';
import { pause, pauseS, type Retries } from './retries.js';
import { eventsOf } from './serverSentEvents.js';

export interface Connecting {
  /** Sends the body of a request that asks for a stream. */
  readonly open: (body: object) => Promise<Response>;
  /** Whether a new token may help, which the next request then has. */
  readonly canRenew: (failure: MarqueeError) => boolean;
  readonly retries: Retries;
  readonly signal: AbortSignal | undefined;
}

/** The data of each event until the subscription completes. Throws a MarqueeError. */
export async function* eventsOfSubscription<TData, TVariables>(
  operation: Operation<TData, TVariables, 'subscription'>,
  variables: TVariables | undefined,
  { open, canRenew, retries, signal }: Connecting,
): AsyncGenerator<TData, void, undefined> {
  let body = hashed(operation, variables);
  for (let failures = 0, isRenewed = false; ; ) {
    let failure = new MarqueeError('UNREACHABLE', 'The stream ended without complete.');
    try {
      for await (const data of connection(await open(body))) {
        if (data === null) return;
        [failures, isRenewed] = [0, false];
        yield data as TData;
      }
    } catch (thrown) {
      failure = asError(thrown, signal);
    }
    if (isUnknownHash(failure) && 'extensions' in body) {
      body = whole(operation, variables);
      continue;
    }
    if (canRenew(failure) && !isRenewed) {
      isRenewed = true;
      continue;
    }
    const seconds = pauseS(retries, ++failures, failure);
    if (seconds === null) throw failure;
    await pause(seconds, signal);
  }
}

/** The data of each event of one connection, and null at its completion. */
async function* connection(response: Response): AsyncGenerator<unknown, void, undefined> {
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await readData(response);
    throw new MarqueeError('UNREADABLE', 'The server answered without a stream of events.');
  }
  for await (const { event, data } of eventsOf(response.body)) {
    yield event === 'complete' ? null : dataOf(JSON.parse(data) as Body, response);
  }
}
