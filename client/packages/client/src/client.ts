/** The client: runs operations, asks questions, follows subscriptions; with a token that is renewed, and retries. */
import { asError, MarqueeError } from './errors.js';
import { type Given, hashed, isUnknownHash, type Operation, whole } from './operation.js';
import { type Dimension, type Measure, parametersOf, type Question, type Rating, type Row, type Viewing } from './question.js';
import { readData } from './responses.js';
import { pause, pauseS, RETRIES, type Retries } from './retries.js';
import { eventsOfSubscription } from './subscription.js';

export interface ClientOptions {
  /** The server's address, `http://127.0.0.1:8000`. */
  readonly url: string;
  /** A token, or a function that makes one: it is called first, and whenever the one before is refused. */
  readonly token?: string | (() => string | Promise<string>);
  readonly retries?: Partial<Retries>;
  readonly fetch?: typeof fetch;
}

export interface AskOptions {
  readonly signal?: AbortSignal;
}

export class Client {
  readonly url: string;
  private readonly options: ClientOptions;
  private readonly retries: Retries;
  private token: Promise<string> | undefined;

  constructor(options: ClientOptions) {
    this.url = options.url.replace(/\/+$/, '');
    this.options = options;
    this.retries = { ...RETRIES, ...options.retries };
  }

  /** The data of a published query or mutation. A mutation is sent once. Throws a MarqueeError. */
  async run<TData, TVariables>(operation: Operation<TData, TVariables, 'query' | 'mutation'>, ...[variables]: Given<TVariables>): Promise<TData> {
    return this.runWith(operation, variables, {});
  }

  /** The same, with a signal that ends it. */
  async runWith<TData, TVariables>(operation: Operation<TData, TVariables, 'query' | 'mutation'>, variables: TVariables | undefined, { signal }: AskOptions): Promise<TData> {
    const isRepeatable = operation.kind === 'query';
    const send = (body: object) => this.repeat(() => this.send('graphql', { method: 'POST', body: JSON.stringify(body), signal: signal ?? null }).then(readData), isRepeatable, signal);
    return (await byHash(operation, variables, send)) as TData;
  }

  /** Any measures by any dimensions of viewing sessions. */
  async viewing<const TMeasure extends Measure<Viewing>, const TDimension extends Dimension<Viewing> = never>(question: Question<Viewing, TMeasure, TDimension>, options: AskOptions = {}) {
    return (await this.ask('viewing', question, options)) as Row<Viewing, TMeasure, TDimension>[];
  }

  /** Any measures by any dimensions of ratings. */
  async rating<const TMeasure extends Measure<Rating>, const TDimension extends Dimension<Rating> = never>(question: Question<Rating, TMeasure, TDimension>, options: AskOptions = {}) {
    return (await this.ask('rating', question, options)) as Row<Rating, TMeasure, TDimension>[];
  }

  /** The events of a published subscription until it completes; the stream is opened again where it breaks. Throws a MarqueeError. */
  subscribe<TData, TVariables>(operation: Operation<TData, TVariables, 'subscription'>, variables?: TVariables, { signal }: AskOptions = {}): AsyncGenerator<TData, void, undefined> {
    const open = (body: object) => this.send('graphql', { method: 'POST', body: JSON.stringify(body), headers: { accept: 'text/event-stream' }, signal: signal ?? null });
    return eventsOfSubscription(operation, variables, { open, canRenew: (failure) => this.canRenew(failure), retries: this.retries, signal });
  }

  private async ask(root: string, question: object, { signal }: AskOptions): Promise<unknown[]> {
    const path = `api/${root}?${parametersOf(question).toString()}`;
    const data = await this.repeat(() => this.send(path, { signal: signal ?? null }).then(readData), true, signal);
    return (data as Record<string, { rows: unknown[] }>)[root]?.rows ?? [];
  }

  private async send(path: string, { headers, ...more }: RequestInit): Promise<Response> {
    const token = await this.bearer();
    const kinds = { accept: 'application/json', ...(more.body ? { 'content-type': 'application/json' } : {}) };
    const request = this.options.fetch ?? fetch;
    return request(`${this.url}/${path}`, { ...more, headers: { ...kinds, ...(headers as object), ...(token ? { authorization: `Bearer ${token}` } : {}) } });
  }

  /** Tries until it is answered, or may not be tried again. */
  private async repeat<T>(attempt: () => Promise<T>, isRepeatable: boolean, signal: AbortSignal | undefined): Promise<T> {
    for (let tries = 0, isRenewed = false; ; ) {
      try {
        return await attempt();
      } catch (thrown) {
        const failure = asError(thrown, signal);
        if (this.canRenew(failure) && !isRenewed) {
          isRenewed = true;
          continue;
        }
        const seconds = isRepeatable ? pauseS(this.retries, ++tries, failure) : null;
        if (seconds === null) throw failure;
        await pause(seconds, signal);
      }
    }
  }

  private async bearer(): Promise<string | undefined> {
    const { token } = this.options;
    if (typeof token !== 'function') return token;
    // Requests that begin together share one call.
    this.token ??= (async () => token())();
    try {
      return await this.token;
    } catch (cause) {
      this.token = undefined;
      throw new MarqueeError('UNAUTHENTICATED', `No token: ${cause instanceof Error ? cause.message : String(cause)}`, null, { cause });
    }
  }

  /** Whether a new token may help; the next request asks for one. */
  private canRenew({ code }: MarqueeError): boolean {
    const renews = code === 'UNAUTHENTICATED' && typeof this.options.token === 'function';
    if (renews) this.token = undefined;
    return renews;
  }
}

/** A server and a token. */
export function createClient(options: ClientOptions): Client {
  return new Client(options);
}

/** Sends an operation by its hash alone, and with its text where the server has another one. */
async function byHash(operation: Operation<unknown, unknown>, variables: unknown, send: (body: object) => Promise<unknown>): Promise<unknown> {
  try {
    return await send(hashed(operation, variables));
  } catch (error) {
    if (!isUnknownHash(error)) throw error;
    return send(whole(operation, variables));
  }
}
