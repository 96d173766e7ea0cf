/** Sends what GraphiQL asks: queries and mutations as JSON, subscriptions as a stream of events. */
import type { Fetcher, FetcherParams } from '@graphiql/toolkit';
import { getOperationAST, OperationTypeNode } from 'graphql';
import { eventsOf } from '../../packages/client/src/serverSentEvents';

/** What `extensions.marquee` says of an answer. */
export interface AnswerNotes {
  readonly cost: number;
  readonly dataThrough?: string | null;
  readonly paths?: Readonly<Record<string, { readonly source?: readonly string[] | null }>>;
}

interface Body {
  readonly extensions?: { readonly marquee?: AnswerNotes };
}

/** `onAnswer` hears what each answer says of itself; null when another is awaited, or it says nothing. */
export function fetcherOf(url: string, headers: Readonly<Record<string, string>>, onAnswer: (notes: AnswerNotes | null) => void): Fetcher {
  async function send(params: FetcherParams, accept: string, given: object | undefined): Promise<Response> {
    onAnswer(null);
    return fetch(url, { method: 'POST', headers: { ...headers, ...given, 'Content-Type': 'application/json', Accept: accept }, body: JSON.stringify(params) });
  }

  async function answer(params: FetcherParams, given: object | undefined) {
    const response = await send(params, 'application/graphql-response+json, application/json', given);
    const body = (await response.json()) as Body;
    onAnswer(body.extensions?.marquee ?? null);
    return body;
  }

  async function* follow(params: FetcherParams, given: object | undefined) {
    const response = await send(params, 'text/event-stream', given);
    if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
      yield (await response.json()) as object;
      return;
    }
    for await (const { event, data } of eventsOf(response.body)) {
      if (event === 'complete') return;
      yield JSON.parse(data) as object;
    }
  }

  return (params, options) => {
    const asked = options?.documentAST && getOperationAST(options.documentAST, params.operationName);
    return asked?.operation === OperationTypeNode.SUBSCRIPTION ? follow(params, options?.headers) : answer(params, options?.headers);
  };
}
