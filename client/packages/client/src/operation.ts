/** A published operation: its text, the hash by which a server knows it, and the types of its variables and data. */
import { MarqueeError } from './errors.js';

export type Kind = 'query' | 'mutation' | 'subscription';

export interface Operation<TData, TVariables, TKind extends Kind = Kind> {
  readonly name: string;
  readonly kind: TKind;
  readonly sha256: string;
  readonly text: string;
  /** Never there: they carry the types. */
  readonly _data?: TData;
  readonly _variables?: TVariables;
}

/** Variables are left out where none has to be given. */
export type Given<TVariables> = Record<string, never> extends TVariables ? [variables?: TVariables] : [variables: TVariables];

/** The body of a request by the hash alone. */
export function hashed({ name, sha256 }: Operation<unknown, unknown>, variables: unknown): object {
  return { operationName: name, variables, extensions: { persistedQuery: { version: 1, sha256Hash: sha256 } } };
}

/** The body of a request with the whole text, for a server that has another one. */
export function whole({ name, text }: Operation<unknown, unknown>, variables: unknown): object {
  return { operationName: name, variables, query: text };
}

/** Whether a server does not know the hash that it was asked by. */
export function isUnknownHash(error: unknown): boolean {
  return error instanceof MarqueeError && error.code === 'PERSISTED_QUERY_NOT_SUPPORTED';
}
