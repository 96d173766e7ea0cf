/** Sends requests: a published document by id to /graphql, or an operation by name to /api/{operation}. */
import type { TypedDocumentString } from '../generated/operations';
import { noteConnection } from './connection';
import { RequestError } from './errors';
import { noteNewestData } from './newestData';
import { type ApiResponse, readParts, readResponse } from './response';
import { t } from '../i18n/i18n';
import { PREFIX } from '../prefix';
import { authorizationOf } from '../session/token';

/** When the newest load was done that the page has heard of. */
let loadedSince: string | null = null;

/** From now on an answer of any state since this load will do. What many pages ask after a load is then computed once. */
export function acceptSince(loadedAt: string | null): void {
  loadedSince = loadedAt;
}

export function postDocument<TData extends object, TVariables>(
  token: string,
  document: TypedDocumentString<TData, TVariables>,
  variables: TVariables,
  signal?: AbortSignal,
): Promise<ApiResponse<TData>> {
  return post<TData>(token, { documentId: documentIdOf(document), variables }, readParts, signal);
}

/** Sends a query that is not published. A server that accepts only published documents refuses it. */
export function postText<TData>(token: string, query: string, variables: object, signal?: AbortSignal): Promise<ApiResponse<TData>> {
  return post<TData>(token, { query, variables }, readResponse, signal);
}

async function post<TData>(
  token: string,
  body: object,
  read: (response: Response) => Promise<ApiResponse<TData>>,
  signal?: AbortSignal,
): Promise<ApiResponse<TData>> {
  const response = await send(`${PREFIX}/graphql`, {
    method: 'POST',
    headers: {
      ...headersFor(token),
      'Content-Type': 'application/json',
      ...(loadedSince === null ? {} : { 'Marquee-Loaded-Since': loadedSince }),
    },
    body: JSON.stringify(body),
    signal,
  });
  const answer = await read(response);
  noteNewestData(answer.provenance.dataThrough);
  return answer;
}

/** The document's published id. A server that accepts only published documents runs it too. */
export function documentIdOf<TData, TVariables>({ __meta__ }: TypedDocumentString<TData, TVariables>): string {
  return String(__meta__?.documentId);
}

/** The answer of a published operation as a file, of all rows. */
export async function getFile(token: string, operation: string, variables: object, format: 'csv' | 'parquet'): Promise<Blob> {
  const response = await send(apiAddress(operation, variables, format), { headers: headersFor(token), signal: undefined });
  if (!response.ok) await readResponse(response);
  return response.blob();
}

/** The address of an operation with its variables. */
export function apiAddress(operation: string, variables: object, format?: string): string {
  const query = new URLSearchParams(format ? { format } : {});
  for (const [name, value] of Object.entries(variables)) {
    if (value != null) query.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  const text = query.toString();
  return `${PREFIX}/api/${operation.split('/').map(encodeURIComponent).join('/')}${text && `?${text}`}`;
}

/** The answer of a published operation. The variables that an embed token fixes are the server's to apply. */
export async function getOperation<TData>(token: string, operation: string, variables: object, signal?: AbortSignal): Promise<ApiResponse<TData>> {
  const response = await send(apiAddress(operation, variables), { headers: headersFor(token), signal });
  return readResponse<TData>(response);
}

/** The schema that the token's role may ask, as SDL. */
export async function getSchema(token: string, signal: AbortSignal): Promise<string> {
  const response = await send(`${PREFIX}/schema.graphql`, { headers: headersFor(token), signal });
  if (!response.ok) await readResponse(response);
  return response.text();
}

/** The token for what a link carries that signs in once. */
export async function exchangeLink(link: string): Promise<string> {
  return (await exchange<{ readonly token: string }>('/sign-in', { link })).token;
}

/** The session of a frame, for the embed token in its address. */
export async function openEmbed(operation: string, token: string): Promise<string> {
  return (await exchange<{ readonly session: string }>(`/embed/${encodeURIComponent(operation)}`, { token })).session;
}

async function exchange<T>(path: string, body: object): Promise<T> {
  const response = await send(`${PREFIX}${path}`, {
    method: 'POST',
    headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: undefined,
  });
  if (!response.ok) await readResponse(response);
  return (await response.json()) as T;
}

export function headersFor(token: string): Record<string, string> {
  return { Accept: 'application/json', Authorization: authorizationOf(token) };
}

/** Ends the session that the browser has in a cookie. One that has ended already, or expired, is no error. */
export async function endSession(session: string): Promise<void> {
  const response = await send(`${PREFIX}/oidc/sign-out`, { method: 'POST', headers: headersFor(session), signal: undefined });
  if (!response.ok && response.status !== 401) await readResponse(response);
}

/** A request that notes whether the server was reached. */
export async function send(url: string, { signal, ...init }: RequestInit & { signal: AbortSignal | undefined }): Promise<Response> {
  try {
    const response = await fetch(url, signal ? { ...init, signal } : init);
    noteConnection(true);
    return response;
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    noteConnection(false);
    throw new RequestError('UNREACHABLE', t('The server can’t be reached. Check that “marquee serve” is running, then retry.'));
  }
}
