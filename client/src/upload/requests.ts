/** The requests of an upload: what may be sent, what a file is, the rows themselves, and what became of them. */
import { RequestError } from '../api/errors';
import { readResponse } from '../api/response';
import { headersFor, postDocument, send } from '../api/transport';
import { CreateTokenDocument, RevokeTokenDocument } from '../generated/operations';
import { t } from '../i18n/i18n';
import { PREFIX } from '../prefix';
import type { Beginning } from './fileBeginning';
import type { Corrections } from './corrections';
import type { FileKind } from './fileKind';
import type { ProfileDocument } from './profile';

export interface ContractColumn {
  readonly name: string;
  readonly required: boolean;
  readonly expected: string;
  readonly units: readonly string[];
}

/** What may be sent: the columns of each table, and how large a file may be. */
export interface Contract {
  readonly most_bytes: number;
  readonly beginning_bytes: number;
  readonly tables: Readonly<Record<string, readonly ContractColumn[]>>;
}

/** One row that can't be loaded; `column` is the file's column of the cell that is wrong, '' if it is none's. */
export interface Problem {
  readonly row: number;
  readonly reason: string;
  readonly column: string;
  readonly sentence: string;
}

export interface Inspection {
  readonly table: string;
  readonly format: string;
  readonly encoding: string;
  readonly columns: readonly string[];
  readonly more_columns: number;
  readonly profile: ProfileDocument;
  readonly toml: string;
  readonly missing: readonly string[];
  /** Why the whole file would be refused; '' if it would not be. */
  readonly refused: string;
  readonly good_rows: number;
  readonly bad_rows: number;
  readonly rows: readonly { readonly row: number; readonly cells: Readonly<Record<string, string>> }[];
  readonly problems: readonly Problem[];
}

/** What the sender of rows is told. */
export interface Receipt {
  readonly request: string;
  readonly rows: number;
  readonly taken: number;
  readonly malformed: number;
  readonly reasons: Readonly<Record<string, number>>;
}

/** What an admin is told of a request. */
export interface Outcome {
  readonly rejects: readonly { readonly row: number; readonly reason: string; readonly explanation: string }[];
  readonly reasons: Readonly<Record<string, number>>;
  readonly load?: { readonly load_id: number; readonly rows: number; readonly accepted: number; readonly duplicates: number; readonly quarantined: number };
}

export interface InspectionQuery {
  readonly table?: string;
  readonly profile?: ProfileDocument;
  /** Whether what the profile leaves open is proposed. */
  readonly propose?: boolean;
  readonly corrections?: Corrections;
}

export async function getContract(token: string, signal: AbortSignal): Promise<Contract> {
  return readJson(await send(`${PREFIX}/ingest/contract`, { headers: headersFor(token), signal }));
}

export async function inspectFile(token: string, kind: FileKind, beginning: Beginning, asked: InspectionQuery, signal: AbortSignal): Promise<Inspection> {
  const query = new URLSearchParams({ cut: String(beginning.isCut) });
  if (asked.table) query.set('table', asked.table);
  if (asked.profile) query.set('profile', JSON.stringify(asked.profile));
  if (asked.propose) query.set('propose', 'true');
  setCorrections(query, asked.corrections);
  const headers = { ...headersFor(token), 'Content-Type': kind.mediaType };
  return readJson(await send(`${PREFIX}/ingest/inspect?${query.toString()}`, { method: 'POST', headers, body: beginning.body, signal }));
}

export async function getOutcome(token: string, request: string, signal: AbortSignal): Promise<Outcome> {
  return readJson(await send(`${PREFIX}/ingest/rejects/${request}`, { headers: headersFor(token), signal }));
}

/** Calls `run` with a token that sends rows in the name of `subject`. It is kept nowhere, and ends with the upload. */
export async function withSenderToken<Result>(token: string, subject: string, run: (sender: string) => Promise<Result>): Promise<Result> {
  const answer = await postDocument(token, CreateTokenDocument, { input: { subject, role: 'INGEST', ttl: '30m' } });
  const { token: made, userErrors } = answer.data.createToken;
  if (!made) throw new RequestError('BAD_INPUT', userErrors[0]?.message ?? t('The server made no token for the upload.'));
  try {
    return await run(made.token);
  } finally {
    // It ends by itself soon enough where this fails.
    await postDocument(token, RevokeTokenDocument, { id: made.id }).catch(() => undefined);
  }
}

interface Sending {
  readonly file: File;
  readonly kind: FileKind;
  readonly table: string;
  readonly profile: ProfileDocument;
  readonly corrections: Corrections;
  /** The same for a repetition of the same file, so that nothing is loaded twice. */
  readonly key: string;
  readonly onProgress: (fraction: number) => void;
  readonly signal: AbortSignal;
}

/** Sends a whole file. `fetch` tells nothing of how far it is, so this is an XMLHttpRequest. */
export function sendFile(sender: string, { file, kind, table, profile, corrections, key, onProgress, signal }: Sending): Promise<Receipt> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    const query = new URLSearchParams({ profile: JSON.stringify(profile) });
    setCorrections(query, corrections);
    request.open('POST', `${PREFIX}/ingest/${table}?${query.toString()}`);
    const headers = { ...headersFor(sender), 'Content-Type': kind.mediaType, 'Idempotency-Key': key };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    if (kind.isGzip) request.setRequestHeader('Content-Encoding', 'gzip');
    request.upload.addEventListener('progress', ({ loaded, total, lengthComputable }) => {
      if (lengthComputable && total > 0) onProgress(loaded / total);
    });
    request.addEventListener('load', () => {
      const answer = new Response(request.responseText, { status: request.status, headers: { 'Content-Type': 'application/json' } });
      readJson<Receipt>(answer).then(resolve, reject);
    });
    request.addEventListener('error', () => {
      reject(new RequestError('UNREACHABLE', t('The connection broke before the server answered. Send the file again: what was loaded is not loaded twice.')));
    });
    request.addEventListener('abort', () => {
      reject(new RequestError('CANCELLED', t('The upload was cancelled.')));
    });
    signal.addEventListener('abort', () => { request.abort(); });
    request.send(file);
  });
}

function setCorrections(query: URLSearchParams, corrections: Corrections = {}) {
  if (Object.keys(corrections).length > 0) query.set('corrections', JSON.stringify(corrections));
}

/** A key of 32 hexadecimal digits. `randomUUID` is only there where the page came over https. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export async function readJson<Body>(response: Response): Promise<Body> {
  // Throws the server's own sentence.
  if (!response.ok) await readResponse(response);
  return (await response.json()) as Body;
}
