/** Sends requests: a published document by id to /graphql, or an operation by name to /api/{operation}. */
import type { TypedDocumentString } from '../generated/operations';
import { RequestError } from './errors';
import { type ApiResponse, readResponse } from './response';

/** When the newest load was done that the page has heard of. */
let loadedSince: string | null = null;

/** From now on an answer of any state since this load will do. What many pages ask after a load is then computed once. */
export function acceptSince(loadedAt: string | null): void {
  loadedSince = loadedAt;
}

export async function postDocument<TData, TVariables>(
  token: string,
  document: TypedDocumentString<TData, TVariables>,
  variables: TVariables,
  signal?: AbortSignal,
): Promise<ApiResponse<TData>> {
  const response = await send('/graphql', {
    method: 'POST',
    headers: {
      ...headersFor(token),
      'Content-Type': 'application/json',
      ...(loadedSince === null ? {} : { 'Marquee-Loaded-Since': loadedSince }),
    },
    body: JSON.stringify({ documentId: documentIdOf(document), variables }),
    signal,
  });
  return readResponse<TData>(response);
}

/** The document's published id. A server that accepts only published documents runs it too. */
export function documentIdOf<TData, TVariables>({ __meta__ }: TypedDocumentString<TData, TVariables>): string {
  return String(__meta__?.documentId);
}

/** An embed token carries its variables; the server applies them. */
export async function getOperation<TData>(token: string, operation: string, signal?: AbortSignal): Promise<ApiResponse<TData>> {
  const response = await send(`/api/${encodeURIComponent(operation)}`, { headers: headersFor(token), signal });
  return readResponse<TData>(response);
}

function headersFor(token: string): Record<string, string> {
  return { Accept: 'application/json', Authorization: `Bearer ${token}` };
}

async function send(url: string, { signal, ...init }: RequestInit & { signal: AbortSignal | undefined }): Promise<Response> {
  try {
    return await fetch(url, signal ? { ...init, signal } : init);
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    throw new RequestError('UNREACHABLE', 'The server can’t be reached. Check that “marquee serve” is running, then retry.');
  }
}
