/** How a request reaches the server: a published document by its id to /graphql, or an operation by name to /api/{operation}. */
import type { TypedDocumentString } from '../generated/operations';
import { type ApiResponse, readResponse } from './response';
import { RequestError } from './errors';

export async function postDocument<TData, TVariables>(
  token: string,
  document: TypedDocumentString<TData, TVariables>,
  variables: TVariables,
  signal?: AbortSignal,
): Promise<ApiResponse<TData>> {
  const response = await send('/graphql', {
    method: 'POST',
    headers: { ...headersFor(token), 'Content-Type': 'application/json' },
    body: JSON.stringify({ documentId: documentIdOf(document), variables }),
    signal,
  });
  return readResponse<TData>(response);
}

/** The id under which the server knows the document's file; it runs published documents also where it runs no others. */
export function documentIdOf<TData, TVariables>({ __meta__ }: TypedDocumentString<TData, TVariables>): string {
  return String(__meta__?.documentId);
}

/** The variables of an embed token are in the token: the server applies them. */
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
