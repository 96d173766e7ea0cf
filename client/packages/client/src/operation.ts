/** A published operation: its text, the hash by which a server knows it, and the types of its variables and data. */

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
